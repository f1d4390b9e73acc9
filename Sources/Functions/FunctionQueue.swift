/// What the engine needs to know of a function.
public struct FunctionSettings: Sendable {
    /// Qualified with the version.
    public let arn: String
    /// Long-lived: started with the core, one worker.
    public let isPinned: Bool
    /// Longest time for one handler call, nanoseconds.
    public let timeout: Int64
    /// `MemorySize` of a function in a container.
    public let memoryKB: Int64?
    /// The runtime's name where an interpreter runs the function.
    public let interpreter: String?

    public init(
        arn: String, isPinned: Bool, timeout: Int64, memoryKB: Int64? = nil, interpreter: String? = nil
    ) {
        self.memoryKB = memoryKB
        self.interpreter = interpreter
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
    /// Workers that the kernel killed for memory.
    public var outOfMemory: Int64 = 0
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

/// What waits for all functions together (row B-05).
final class WorkItems {
    let most: Int
    var count = 0

    init(most: Int) {
        self.most = most
    }
}

/// One function: what waits for it, and what works for it.
final class FunctionQueue {
    let settings: FunctionSettings
    private let limits: FunctionLimits
    private let items: WorkItems
    private(set) var waiting = Fifo<Invocation>()
    private(set) var waitingBytes: Int64 = 0
    /// Living workers, stopping ones included.
    var workers: [UInt32] = []
    var pause: RestartPause
    /// When its spare workers are counted again; nil while there is no reason to.
    var spareCheck: Int64?
    var counters = FunctionCounters()
    /// Of the last worker that should have lived on.
    var lastDeath: DeathRecord?

    init(settings: FunctionSettings, limits: FunctionLimits, items: WorkItems) {
        self.settings = settings
        self.limits = limits
        self.items = items
        pause = RestartPause(
            first: limits.firstRestart,
            longest: settings.isPinned ? limits.longestRestart : limits.longestOnDemandRestart)
    }

    /// Most workers at once: a pinned function has one container (lambda-functions.md).
    var mostWorkers: Int { settings.isPinned ? 1 : limits.workersPerFunction }

    func hasRoom(for bytes: Int) -> Bool {
        if waiting.isEmpty { return true }
        return !isCrowded && waiting.count < limits.queuedInvocations
            && waitingBytes + Int64(bytes) <= limits.queuedBytes
    }

    /// All functions together have as much waiting as they may.
    var isCrowded: Bool { items.count >= items.most }

    func append(_ invocation: Invocation) {
        waiting.append(invocation)
        items.count += 1
        waitingBytes += Int64(invocation.payload.count)
    }

    /// Gives back work that never reached a worker; it keeps its place.
    func putBack(_ invocation: Invocation) {
        waiting.prepend(invocation)
        items.count += 1
        waitingBytes += Int64(invocation.payload.count)
    }

    func takeNext() -> Invocation? {
        guard let invocation = waiting.popFirst() else { return nil }
        waitingBytes -= Int64(invocation.payload.count)
        items.count -= 1
        return invocation
    }

    func remove(where matches: (Invocation) -> Bool) -> [Invocation] {
        let removed = waiting.remove(where: matches)
        for invocation in removed { waitingBytes -= Int64(invocation.payload.count) }
        items.count -= removed.count
        return removed
    }
}
