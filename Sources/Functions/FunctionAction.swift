import Log

/// Why a waiting request gets no answer.
public enum PollRefusal: Sendable {
    /// The same worker asked again on another connection; the newer request is the one that waits.
    case superseded
    /// The worker the request came from is gone.
    case workerEnded
}

/// What the engine wants done. The service carries the actions out in order.
public enum FunctionAction: Sendable {
    /// Start a process for the function with this index.
    case launch(worker: UInt32, function: Int)
    /// SIGTERM to the worker's process group.
    case terminate(worker: UInt32)
    /// SIGKILL to the worker's process group.
    case kill(worker: UInt32)
    /// Answer a GET …/work.
    case giveWork(PollID, worker: UInt32, Invocation)
    /// Answer a GET of a result.
    case giveResult(PollID, FunctionResult)
    /// Refuse a request that waits.
    case refuse(PollID, PollRefusal)
    /// The worker's token, connections and pipes are of no more use.
    case forget(worker: UInt32)
    /// A line for the core's log.
    case note(LogLevel, String)
    /// Every worker has ended after `stop(at:)`.
    case stopped
}
