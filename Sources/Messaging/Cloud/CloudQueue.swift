/// A message on its way to the cloud.
public struct QueuedMessage {
    /// Where it stands in the queue; larger is later.
    public let number: UInt64
    public let topic: [UInt8]
    public let payload: [UInt8]

    public init(number: UInt64, topic: [UInt8], payload: [UInt8]) {
        self.number = number
        self.topic = topic
        self.payload = payload
    }
}

/// Where the cloud link takes messages from (SPOOL-05): first in, first out, and gone only when the cloud has confirmed.
///
/// Several may be under way at once. All calls are on the core's thread, and none waits for a disk.
public protocol CloudQueue: AnyObject {
    /// The oldest message that is not under way, which is under way from now on; nil where there is none, or where it has
    /// to be read first: the queue calls `whenReady` then.
    func next() -> QueuedMessage?
    /// The cloud has the message.
    func confirm(_ number: UInt64)
    /// The cloud will never take the message (too large, a topic it refuses): it is dropped and counted.
    func reject(_ number: UInt64)
    /// The connection is lost: what is under way and not confirmed comes again, in its order.
    func returnAll()
    /// Called when `next()` has something after it had nothing.
    var whenReady: (() -> Void)? { get set }
}
