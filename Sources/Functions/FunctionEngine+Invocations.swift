import Log
import Messaging

/// The callers' side: invocations and their results.
extension FunctionEngine {
    /// Takes an invocation from a worker.
    /// - Parameter id: random, made by the caller.
    public func invoke(
        _ id: InvocationID, function index: Int, type: InvocationType, payload: [UInt8], clientContext: [UInt8],
        caller: UInt32, at now: Int64
    ) throws(InvocationRefusal) {
        see(now)
        if isStopping { throw .stopping }
        let function = functions[index]
        guard function.hasRoom(for: payload.count) else {
            function.counters.refusedInvocations += 1
            throw .queueFull
        }
        if type == .requestResponse { try open(id, function: index, caller: caller) }
        enqueue(
            Invocation(
                id: id, function: index, type: type, payload: payload, clientContext: clientContext, caller: caller),
            at: now)
    }

    /// Takes a message from the router. When the queue is full, the message is dropped and counted: local delivery
    /// never waits for a slow subscriber (docs/architecture.md).
    /// - Returns: whether it was queued.
    @discardableResult
    public func deliver(
        _ id: InvocationID, function index: Int, payload: [UInt8], clientContext: [UInt8],
        receipt: MessageReceipt? = nil, at now: Int64
    ) -> Bool {
        see(now)
        if isStopping { return false }
        let function = functions[index]
        guard function.hasRoom(for: payload.count) else {
            function.counters.droppedMessages += 1
            let count = function.counters.droppedMessages
            // At 1, 2, 4, 8 …: enough to see it, too little to fill a disk.
            if count & (count - 1) == 0 {
                let all =
                    function.isCrowded
                    ? "; all functions together have \(limits.workItems), which is runtime.maxWorkItemCount" : ""
                note(
                    .warn,
                    "The queue of function \(function.settings.arn) is full (\(function.waiting.count) invocations, "
                        + "\(function.waitingBytes) bytes\(all)): \(count) messages dropped so far.")
            }
            return false
        }
        enqueue(
            Invocation(
                id: id, function: index, type: .event, payload: payload, clientContext: clientContext, caller: nil,
                receipt: receipt),
            at: now)
        return true
    }

    /// Whether a message of this size would be dropped now.
    public func isFull(_ index: Int, forPayload bytes: Int) -> Bool {
        isStopping || !functions[index].hasRoom(for: bytes)
    }

    /// Opens an invocation that a service of the core answers with `finishService(_:_:at:)`; its index is beyond those
    /// of the functions.
    public func openService(_ id: InvocationID, service: Int, caller: UInt32) throws(InvocationRefusal) {
        try open(id, function: functions.count + service, caller: caller)
    }

    /// A service of the core has the answer.
    public func finishService(_ id: InvocationID, _ result: FunctionResult, at now: Int64) {
        see(now)
        if let poll = table.finish(id, result, at: now) { act(.giveResult(poll, result)) }
    }

    /// A caller asks for a result, which answers the request now or later.
    /// - Returns: false when the caller has no such invocation.
    public func collect(
        _ id: InvocationID, function index: Int, caller: UInt32, poll: PollID, at now: Int64
    ) -> Bool {
        see(now)
        switch table.collect(id, function: index, caller: caller, poll: poll) {
        case .unknown: return false
        case .ready(let result): act(.giveResult(poll, result))
        case .waits(let superseded):
            if let superseded { act(.refuse(superseded, .superseded)) }
        }
        return true
    }

    /// The connection of a request that waits for a result is gone.
    public func forgetResultPoll(_ poll: PollID, of id: InvocationID) {
        table.forget(poll: poll, of: id)
    }

    func complete(_ invocation: Invocation, _ result: FunctionResult, at now: Int64) {
        guard invocation.type == .requestResponse else { return }
        if let poll = table.finish(invocation.id, result, at: now) { act(.giveResult(poll, result)) }
    }

    private func open(_ id: InvocationID, function index: Int, caller: UInt32) throws(InvocationRefusal) {
        guard table.count(ofCaller: caller) < limits.uncollectedPerCaller else { throw .tooManyUncollected }
        table.open(id, function: index, caller: caller)
    }

    private func enqueue(_ invocation: Invocation, at now: Int64) {
        let function = functions[invocation.function]
        function.append(invocation)
        function.counters.invocations += 1
        dispatch(invocation.function, at: now)
    }
}
