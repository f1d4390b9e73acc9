/// The bounds of the function service. Times are nanoseconds.
public struct FunctionLimits: Sendable {
    public static let second: Int64 = 1_000_000_000

    /// Invocations one function may have waiting. A message from the router beyond it is dropped and counted; a direct
    /// invocation is refused with 429.
    public var queuedInvocations = 1000
    /// Payload bytes one function may have waiting; one invocation is always taken, however large.
    public var queuedBytes: Int64 = 8 * 1024 * 1024
    /// Invocations all functions together may have waiting (`runtime.maxWorkItemCount`, row B-05). A function with none
    /// gets one all the same: another one's flood does not silence it.
    public var workItems = 1024
    /// Workers one on-demand function may have at once; more work waits in its queue.
    public var workersPerFunction = 10
    /// Workers all on-demand functions may have together (`runtime.maxConcurrentLimit`, row B-06). Where it is reached, an
    /// idle one of another function makes room.
    public var onDemandWorkers = 25
    /// Workers that are kept idle for each on-demand function (`runtime.spareWorkers` of config.json); none unless wanted,
    /// because each takes the memory of a process.
    public var spareWorkers = 0
    /// How long a spare worker may be busy before another one takes its place.
    public var spareDelay: Int64 = second
    /// On-demand workers that are kept although they have no work (`runtime.lruSize`, row B-07); of more, those go that
    /// have been idle longest.
    public var idleWorkers = 25
    /// RequestResponse invocations one worker may have without having collected their results.
    public var uncollectedPerCaller = 256
    /// Payload bytes of those results; one is always kept, further ones become an error.
    public var uncollectedBytes: Int64 = 8 * 1024 * 1024
    /// How long an on-demand worker may be without work (the guide says "stop when there are no tasks left";
    /// Greengrass V2's `maxIdleTimeInSeconds` is 60).
    public var idle: Int64 = 60 * second
    /// How long an on-demand worker may take until it first asks for work. A pinned one may take for ever: code outside
    /// the handler is its program (lambda-functions.md, "long-lived").
    public var start: Int64 = 60 * second
    /// From SIGTERM to SIGKILL.
    public var grace: Int64 = 5 * second
    /// From SIGKILL until the core no longer waits for the exit to be reported.
    public var killed: Int64 = 5 * second
    /// How long a result waits for its caller.
    public var resultLifetime: Int64 = 60 * second
    /// How often a process that could not be started is tried before the messages that wait for it are given up (row
    /// H-30).
    public var startAttempts: Int64 = 3
    /// The first pause before a worker that died is started again; doubled each time.
    public var firstRestart: Int64 = second
    public var longestRestart: Int64 = 60 * second
    /// The longest pause for an on-demand function: somebody is waiting for it.
    public var longestOnDemandRestart: Int64 = 10 * second
    /// A pinned worker that lived this long begins anew with the first pause.
    public var stable: Int64 = 60 * second

    public init() {}
}
