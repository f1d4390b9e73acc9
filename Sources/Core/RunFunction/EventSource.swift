import Linux

/// The events for a function that runs alone: given ones, or the lines of standard input as they come.
final class EventSource: EventHandler {
    /// Longest line; what a function may be sent at all (docs/function-protocol.md).
    private static let longestLine = 6 << 20

    /// Read ahead, in bytes: more comes when the function has handled it.
    private static let readAhead = 1 << 20

    private var waiting: [[UInt8]]
    /// Those before it have been handed on.
    private var first = 0
    private var waitingBytes = 0
    private var line: [UInt8] = []
    private var isTooLong = false
    private var hasExcess = false
    private var isOpen: Bool
    /// epoll(7) does not take plain files, and those do not keep anybody waiting.
    private var isPlainFile = false
    private var isWatching = false
    private var reactor: Reactor?
    private var whenMore: () -> Void = {}

    private let descriptor: Int32

    /// - Parameters:
    ///   - readsInput: whether lines of standard input follow.
    ///   - descriptor: where that is.
    init(_ events: [[UInt8]], readsInput: Bool, descriptor: Int32 = 0) {
        waiting = events
        self.descriptor = descriptor
        isOpen = readsInput
    }

    func start(_ reactor: Reactor, whenMore: @escaping () -> Void) {
        self.reactor = reactor
        self.whenMore = whenMore
        watch()
    }

    /// The next event; nil where there is none now.
    func next() -> [UInt8]? {
        while first == waiting.count, isPlainFile, isOpen { read() }
        guard first < waiting.count else { return nil }
        let event = waiting[first]
        waiting[first] = []
        first += 1
        waitingBytes -= event.count
        if first == waiting.count || first > 1024 && first > waiting.count / 2 {
            waiting.removeFirst(first)
            first = 0
        }
        watch()
        return event
    }

    /// Whether no more will come.
    var isAtEnd: Bool { first == waiting.count && !isOpen }

    /// Whether a line was left out since the last time because no function may be sent that much.
    func takeExcess() -> Bool {
        defer { hasExcess = false }
        return hasExcess
    }

    func handle(_ events: Events) {
        read()
        if isWatching, waitingBytes > Self.readAhead { unwatch() }
        whenMore()
    }

    private func watch() {
        guard isOpen, !isWatching, !isPlainFile, waitingBytes <= Self.readAhead, let reactor else { return }
        do throws(SystemError) {
            try reactor.add(descriptor, .readable, self)
            isWatching = true
        } catch {
            isPlainFile = true
        }
    }

    private func unwatch() {
        if isWatching { reactor?.remove(descriptor) }
        isWatching = false
    }

    private func read() {
        var room = [UInt8](repeating: 0, count: 65_536)
        let result = room.withUnsafeMutableBytes { IO.read(descriptor, into: $0) }
        guard case .bytes(let count) = result else {
            if case .wouldBlock = result { return }
            return close()
        }
        for byte in room[0..<count] {
            if byte == UInt8(ascii: "\n") {
                finishLine()
            } else if line.count < Self.longestLine {
                line.append(byte)
            } else {
                isTooLong = true
            }
        }
    }

    private func finishLine() {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if isTooLong {
            hasExcess = true
        } else if !line.isEmpty {
            // An empty line is no event: people press Return.
            waitingBytes += line.count
            waiting.append(line)
        }
        isTooLong = false
        line = []
    }

    private func close() {
        finishLine()
        isOpen = false
        unwatch()
    }
}
