import Messaging

/// A publish that is answered when its message is safe.
struct UnsettledPublish {
    let ticket: Ticket
    let poll: PollID
    let response: IPCResponse
}

/// A function's publish succeeds when its message is accepted (docs/cloud-queue.md): for a target that stores, when it has
/// stored.
extension FunctionService: AcceptanceObserver {
    func answer(_ poll: PollID, _ response: IPCResponse, whenSettled ticket: Ticket) {
        if router.ledger.isSettled(ticket) {
            server.answer(poll, response)
        } else {
            unsettled.append(UnsettledPublish(ticket: ticket, poll: poll, response: response))
        }
    }

    public func settled(through ticket: Ticket) {
        while let first = unsettled.first, first.ticket <= ticket {
            _ = unsettled.popFirst()
            server.answer(first.poll, first.response)
        }
    }
}
