import Linux

/// Invocations by the process itself, for `greengrassd run-function`.
extension FunctionService {
    /// Who calls, in the numbers of workers; no worker ever has it.
    private static let caller = UInt32.max

    /// Calls a function and hands over what it came to, later and once.
    /// - Parameters:
    ///   - index: the function's place in the list the service was made with.
    ///   - topic: what the handler finds as `context.client_context.custom['subject']`; nil leaves the context empty.
    public func invoke(
        _ index: Int, payload: [UInt8], topic: [UInt8]?, _ completion: @escaping (FunctionResult) -> Void
    ) {
        let id = InvocationID.random()
        // Connections count upwards from 1.
        lastLocalCall += 1
        let poll = PollID(UInt64.max - lastLocalCall)
        let now = Clock.monotonic()
        do throws(InvocationRefusal) {
            try engine.invoke(
                id, function: index, type: .requestResponse, payload: payload,
                clientContext: topic.map { ClientContext.forMessage(topic: $0) } ?? [], caller: Self.caller, at: now)
        } catch {
            return completion(.unhandled("The function takes no work: it is being stopped, or too much of it waits."))
        }
        localCalls[poll] = completion
        if !engine.collect(id, function: index, caller: Self.caller, poll: poll, at: now) { localCalls[poll] = nil }
        carryOut()
    }
}
