import Linux

/// How a worker's process ended (waitid(2)).
public enum WorkerExit: Sendable, Equatable {
    case code(Int32)
    case signal(Int32)
    /// The kernel killed it because its container had used up the function's MemorySize (LAM-07).
    case outOfMemory
    /// It never ran: the reason says why.
    case notStarted(String)
    /// It was killed, and nobody reported its end in time.
    case unreported

    /// The end of a sentence that begins with the worker.
    public var description: String {
        switch self {
        case .code(let code): "exited with code \(code)"
        case .signal(let number): "was ended by \(Signals.name(number))"
        case .outOfMemory: "was ended by SIGKILL: it had used up its memory"
        case .notStarted(let reason): "could not be started: \(reason)"
        case .unreported: "was killed, but its end was not reported"
        }
    }
}

/// Names a request that waits for an answer; the connections hand them out and never reuse one.
public struct PollID: Hashable, Sendable {
    public let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }
}

/// One process of one function, as the engine sees it.
final class Worker {
    enum Phase {
        /// Launched; has not asked for work.
        case starting
        /// Asked for work and waits.
        case idle
        /// Has an invocation.
        case busy(Invocation, deadline: Int64)
        /// Has reported its result and not asked again.
        case between
        /// Told to end, or killed.
        case stopping
    }

    /// What `/initialized` said.
    enum Initialization {
        case unknown
        case succeeded
        case failed
    }

    let number: UInt32
    let function: Int
    let launched: Int64
    /// When it had its last work; until then when it was started.
    var lastWorked: Int64
    var phase = Phase.starting
    var initialization = Initialization.unknown
    /// When the present phase must end; nil lets it last.
    var deadline: Int64?
    /// The waiting GET …/work. A busy worker may have one too: it is answered after the result.
    var poll: PollID?
    var processID: Int32?
    var hasAskedForWork = false
    /// SIGKILL is sent.
    var isKilled = false
    /// What it was killed for, because it took longer than the function's timeout.
    var timedOut: InvocationID?
    /// Why the core ended it, for the log; nil when it ended by itself.
    var reasonToStop: String?

    init(number: UInt32, function: Int, launched: Int64) {
        self.number = number
        self.function = function
        self.launched = launched
        lastWorked = launched
    }

    var isStopping: Bool {
        if case .stopping = phase { return true }
        return false
    }

    /// Has no invocation and may get one, now or when it has asked for it.
    var isAvailable: Bool {
        switch phase {
        case .starting, .idle, .between: true
        case .busy, .stopping: false
        }
    }

    /// May be about to ask for work.
    var isExpectedToAsk: Bool {
        switch phase {
        case .starting, .between: true
        case .idle, .busy, .stopping: false
        }
    }
}
