import Bytes
import Linux
import Log

/// The six log pipes of one worker.
///
/// Descriptor and level as the worker finds them (docs/function-protocol.md): 1 INFO, 2 ERROR, 3 DEBUG, 4 WARN, 5 FATAL, 6 TRACE.
/// The log's levels know no TRACE: those lines count as DEBUG.
final class WorkerLogs {
    static let levels: [(level: LogLevel, variable: String)] = [
        (.info, "_GG_LOG_FD_INFO"), (.error, "_GG_LOG_FD_ERROR"), (.debug, "_GG_LOG_FD_DEBUG"),
        (.warn, "_GG_LOG_FD_WARN"), (.fatal, "_GG_LOG_FD_FATAL"), (.debug, "_GG_LOG_FD_TRACE"),
    ]
    /// Lines of error output kept for the record of a worker's end: enough for the traceback of a failed import.
    private static let keptLines = 20
    private static let keptBytesPerLine = 300

    let reactor: Reactor
    private let log: FunctionLog
    private var pipes: [LogPipe] = []
    private var budget: LogBudget
    private var isPaused = false
    private(set) var lastLines: [String] = []

    init(reactor: Reactor, log: FunctionLog) {
        self.reactor = reactor
        self.log = log
        budget = LogBudget(at: Clock.monotonic())
    }

    /// Makes the pipes and watches them.
    /// - Returns: the write ends in the order of `levels`; the caller passes them on or closes them.
    func open() throws(SystemError) -> [Int32] {
        var writeEnds: [Int32] = []
        for (index, entry) in Self.levels.enumerated() {
            let ends: (read: Int32, write: Int32)
            do throws(SystemError) {
                ends = try FileDescriptor.pipe()
            } catch {
                for descriptor in writeEnds { FileDescriptor.close(descriptor) }
                finish()
                throw error
            }
            writeEnds.append(ends.write)
            let isErrorOutput = index == 1 || index == 4
            let pipe = LogPipe(owner: self, descriptor: ends.read, level: entry.level, isErrorOutput: isErrorOutput)
            pipes.append(pipe)
            pipe.watch()
        }
        return writeEnds
    }

    /// Writes lines that did not come through a pipe.
    /// - Returns: nanoseconds until more is welcome; nil where it is already.
    func write(posted lines: [(level: LogLevel, message: [UInt8])], bytes: Int) -> Int64? {
        write(lines, bytes: bytes, isErrorOutput: false)
        return mayRead() ? nil : budget.pause
    }

    func mayRead() -> Bool { budget.allows(at: Clock.monotonic()) }

    /// Leaves the pipes alone until the budget has recovered.
    func pause() {
        if isPaused { return }
        isPaused = true
        for pipe in pipes { pipe.unwatch() }
        reactor.schedule(afterNanoseconds: budget.pause) { [self] in
            isPaused = false
            for pipe in pipes { pipe.watch() }
        }
    }

    func write(_ lines: [(level: LogLevel, message: [UInt8])], bytes: Int, isErrorOutput: Bool) {
        budget.spend(bytes: bytes, lines: lines.count)
        if lines.isEmpty { return }
        log.append(lines, milliseconds: Clock.realtime())
        guard isErrorOutput else { return }
        for line in lines.suffix(Self.keptLines) {
            let kept = line.message.prefix(Self.keptBytesPerLine)
            if kept.isEmpty { continue }
            lastLines.append([UInt8](kept).text)
        }
        if lastLines.count > Self.keptLines { lastLines.removeFirst(lastLines.count - Self.keptLines) }
    }

    /// What was written for earlier work says nothing about the end of the next.
    func forgetLastLines() {
        if !lastLines.isEmpty { lastLines.removeAll() }
    }

    /// Reads what is left and closes: the worker has ended.
    func finish() {
        for pipe in pipes { pipe.finish() }
        // The pipes refer to their owner: cut the circle.
        pipes.removeAll()
    }
}
