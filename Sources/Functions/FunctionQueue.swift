/// What the engine needs to know of a function.
public struct FunctionSettings: Sendable {
    /// Qualified with the version.
    public let arn: String
    /// Long-lived: started with the core, one worker.
    public let isPinned: Bool
    /// Longest time for one handler call, nanoseconds.
    public let timeout: Int64

    public init(arn: String, isPinned: Bool, timeout: Int64) {
        self.arn = arn
        self.isPinned = isPinned
        self.timeout = timeout
    }
}

/// Counters of one function since the core started.
public struct FunctionCounters: Sendable, Equatable {
    /// Invocations taken into the queue.
    public var invocations: Int64 = 0
    /// Handler calls that returned a result.
    public var successes: Int64 = 0
    /// Errors that the function's runtime reported.
    public var handledErrors: Int64 = 0
    /// Invocations whose worker died, time-outs among them.
    public var unhandledErrors: Int64 = 0
    public var timeouts: Int64 = 0
    /// Messages that found the queue full.
    public var droppedMessages: Int64 = 0
    /// Direct invocations that found the queue full.
    public var refusedInvocations: Int64 = 0
    /// Workers started.
    public var starts: Int64 = 0
    /// Workers started because one had died.
    public var restarts: Int64 = 0
    /// Results that their caller did not collect in time.
    public var expiredResults: Int64 = 0
}

/// One function: what waits for it, and what works for it.
final class FunctionQueue {
    let settings: FunctionSettings
    private let limits: FunctionLimits
    private(set) var waiting = Fifo<Invocation>()
    private(set) var waitingBytes: Int64 = 0
    /// Living workers, stopping ones included.
    var workers: [UInt32] = []
    var pause: RestartPause
    var counters = FunctionCounters()

    init(settings: FunctionSettings, limits: FunctionLimits) {
        self.settings = settings
        self.limits = limits
        pause = RestartPause(
            first: limits.firstRestart,
            longest: settings.isPinned ? limits.longestRestart : limits.longestOnDemandRestart)
    }

    /// Most workers at once: a pinned function has one container (lambda-functions.md).
    var mostWorkers: Int { settings.isPinned ? 1 : limits.workersPerFunction }

    func hasRoom(for bytes: Int) -> Bool {
        if waiting.isEmpty { return true }
        return waiting.count < limits.queuedInvocations && waitingBytes + Int64(bytes) <= limits.queuedBytes
    }

    func append(_ invocation: Invocation) {
        waiting.append(invocation)
        waitingBytes += Int64(invocation.payload.count)
    }

    /// Gives back work that never reached a worker; it keeps its place.
    func putBack(_ invocation: Invocation) {
        waiting.prepend(invocation)
        waitingBytes += Int64(invocation.payload.count)
    }

    func takeNext() -> Invocation? {
        guard let invocation = waiting.popFirst() else { return nil }
        waitingBytes -= Int64(invocation.payload.count)
        return invocation
    }

    func remove(where matches: (Invocation) -> Bool) -> [Invocation] {
        let removed = waiting.remove(where: matches)
        for invocation in removed { waitingBytes -= Int64(invocation.payload.count) }
        return removed
    }
}
