import HTTP

/// Who answers the requests of the local endpoint.
protocol IPCRequestHandler: AnyObject {
    /// A request is complete; the answer follows, now or later, through `IPCServer.answer(_:_:)`. The request object is
    /// only valid during the call.
    func received(_ request: HTTPRequest, _ poll: PollID)

    /// The worker whose token a request carries; nil for a stranger's.
    func worker(of request: HTTPRequest) -> UInt32?

    /// The connection of an unanswered request is gone.
    func abandoned(_ waiting: IPCWaiting, _ poll: PollID)

    /// The connection broke before work was completely written to it.
    func undelivered(_ delivery: IPCDelivery)
}

/// What a request waits for, so that the engine can be told when its connection goes.
enum IPCWaiting {
    case answer
    case work(worker: UInt32)
    case result(InvocationID)
}

/// Work on its way to a worker.
struct IPCDelivery {
    let worker: UInt32
    let invocation: InvocationID
}
