/// Who receives messages that the router lets through.
public protocol MessageTarget: AnyObject {
    /// Takes one message.
    ///
    /// Called while a message is routed: it must neither wait nor fail. Where a bounded queue is full, the target drops
    /// the message and counts it (MSG-06: one attempt, no storage, no confirmation).
    func deliver(_ message: Message)
}
