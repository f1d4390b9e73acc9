/// How a worker is, in the words of the health API (V1.10 and later, health-check.md).
public enum WorkerState: Sendable {
    /// Started; has not asked for work. A long-lived function that never asks stays so.
    case starting
    /// Reported its initialisation; has not asked for work.
    case initialized
    case failedInitialization
    /// Waits for work.
    case waiting
    /// Handles an invocation.
    case working
    /// Told to end.
    case terminated

    public var name: StaticString {
        switch self {
        case .starting: "Starting"
        case .initialized: "Initialized"
        case .failedInitialization: "FailedInitialization"
        case .waiting: "Waiting"
        case .working: "Working"
        case .terminated: "Terminated"
        }
    }
}

/// One process of a function.
public struct WorkerStatus: Sendable {
    public let number: UInt32
    /// nil until the launcher has reported it.
    public let processID: Int32?
    public let state: WorkerState
}

/// How a function is.
public struct FunctionStatus: Sendable {
    public let arn: String
    public let isPinned: Bool
    public let workers: [WorkerStatus]
    /// Invocations that wait for a worker.
    public let queued: Int
    /// Workers that failed in a row; above 0, the next start waits for `nextStart`.
    public let failures: Int64
    /// Nanoseconds until a function whose worker died is started again; nil when nothing waits for that.
    public let nextStart: Int64?
    public let counters: FunctionCounters
    /// Of the last worker that should have lived on, and how long ago in nanoseconds.
    public let lastDeath: (record: DeathRecord, ago: Int64)?

    /// One word for people: `running`, `idle` (on-demand without work), `restarting` (waits after a death).
    public var state: StaticString {
        if !workers.isEmpty { return "running" }
        return nextStart == nil ? "idle" : "restarting"
    }
}

extension FunctionEngine {
    /// The present state of all functions, in the order of the group.
    public func status(at now: Int64) -> [FunctionStatus] {
        functions.map { function in
            var list: [WorkerStatus] = []
            for number in function.workers {
                guard let worker = workers[number] else { continue }
                list.append(WorkerStatus(number: number, processID: worker.processID, state: Self.state(of: worker)))
            }
            let pause = function.pause.until - now
            let waits = function.settings.isPinned || !function.waiting.isEmpty
            return FunctionStatus(
                arn: function.settings.arn, isPinned: function.settings.isPinned, workers: list,
                queued: function.waiting.count, failures: function.pause.failures,
                nextStart: waits && pause > 0 && list.isEmpty && !isStopping ? pause : nil, counters: function.counters,
                lastDeath: function.lastDeath.map { ($0, now - $0.at) })
        }
    }

    private static func state(of worker: Worker) -> WorkerState {
        switch worker.phase {
        case .busy: return .working
        case .idle, .between: return .waiting
        case .stopping: return .terminated
        case .starting: break
        }
        switch worker.initialization {
        case .unknown: return .starting
        case .succeeded: return .initialized
        case .failed: return .failedInitialization
        }
    }
}
