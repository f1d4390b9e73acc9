/// Who receives messages that the router lets through.
public protocol MessageTarget: AnyObject {
    /// Takes one message.
    ///
    /// Called while a message is routed: it must neither wait nor fail. Where a bounded queue is full, the target drops
    /// the message and counts it.
    ///
    /// - Returns: what became of it, which decides when its sender may be told that it was accepted.
    func deliver(_ message: borrowing MessageView) -> Delivery

    /// Whether a message of this size would find no room now. Asked before anything is delivered for a sender that wants
    /// all targets or none (`AllOrError`, row B-13).
    func isFull(forPayload bytes: Int) -> Bool
}

/// What a target did with a message.
public enum Delivery: Equatable, Sendable {
    /// It has it, or nobody is to wait for it.
    case taken
    /// It had no room, and has counted that.
    case dropped
    /// It could not be made safe now, and that is counted: its sender must not be told that it was accepted.
    case refused
    /// Nobody is there who could take it: the device is not connected.
    case absent
    /// Who is there has not asked for it: the device has no subscription for its topic.
    case unwanted
    /// It is accepted as soon as `AcceptanceLedger` has settled this ticket.
    case storing(Ticket)
}
