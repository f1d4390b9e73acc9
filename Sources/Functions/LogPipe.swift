import Linux
import Log

/// The read end of one of a worker's six log pipes.
final class LogPipe: EventHandler {
    /// Bytes taken in one turn, so that one busy pipe leaves the turn to others.
    static let bytesPerTurn = 16_384
    /// Bytes taken when the worker has ended; more than a pipe holds (pipe(7): 64 KB by default).
    private static let bytesAtEnd = 131_072

    private let owner: WorkerLogs
    private let level: LogLevel
    /// Whether its last lines belong into the record of the worker's end.
    private let isErrorOutput: Bool
    private let fd: Int32
    private var splitter = LineSplitter()
    private(set) var isOpen = true
    private var isWatched = false

    init(owner: WorkerLogs, descriptor: Int32, level: LogLevel, isErrorOutput: Bool) {
        self.owner = owner
        fd = descriptor
        self.level = level
        self.isErrorOutput = isErrorOutput
    }

    func handle(_ events: Events) {
        if !owner.mayRead() {
            owner.pause()
            return
        }
        take(atMost: Self.bytesPerTurn)
    }

    func watch() {
        guard isOpen, !isWatched else { return }
        do throws(SystemError) {
            try owner.reactor.add(fd, .readable, self)
            isWatched = true
        } catch {
            close()
        }
    }

    func unwatch() {
        guard isWatched else { return }
        owner.reactor.remove(fd)
        isWatched = false
    }

    /// Takes what is there and gives the pipe up: the worker has ended.
    func finish() {
        guard isOpen else { return }
        var left = Self.bytesAtEnd
        while isOpen, left > 0 {
            let taken = take(atMost: min(left, Self.bytesPerTurn))
            if taken == 0 { break }
            left -= taken
        }
        close()
    }

    /// - Returns: bytes read; 0 when there is nothing now.
    @discardableResult
    private func take(atMost most: Int) -> Int {
        var count = 0
        var lines: [(level: LogLevel, message: [UInt8])] = []
        let result = withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { room in
            let result = IO.read(fd, into: room)
            if case .bytes(let amount) = result {
                count = amount
                splitter.feed(UnsafeRawBufferPointer(start: room.baseAddress, count: amount)) {
                    lines.append((level, $0))
                }
            }
            return result
        }
        owner.write(lines, bytes: count, isErrorOutput: isErrorOutput)
        switch result {
        case .bytes, .wouldBlock: break
        case .closed, .failed: close()
        }
        return count
    }

    private func close() {
        guard isOpen else { return }
        unwatch()
        isOpen = false
        FileDescriptor.close(fd)
        splitter.flush { owner.write([(level, $0)], bytes: 0, isErrorOutput: isErrorOutput) }
    }
}
