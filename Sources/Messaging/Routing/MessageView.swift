import Group
import MQTT

/// A message while it is routed: it looks into the buffer in which it arrived, so that a target which only sends it on
/// copies its bytes once, to where they leave.
public struct MessageView: ~Escapable {
    /// A valid MQTT topic name.
    public let topic: Span<UInt8>
    public let payload: Span<UInt8>
    /// Who sent it.
    public let source: MessageSource
    /// What its sender sent it with. A target may grant less, never more.
    public let qos: QoS
    /// Whether its sender wants it retained.
    public let retain: Bool
    /// Kept by a target for as long as it has not done with the message what it will do; nil where nobody asks.
    public let receipt: MessageReceipt?
    /// Two messages with the same number have the same topic; 0 says nothing. Lets a target use again what it has found
    /// for a topic.
    public private(set) var topicNumber: UInt64 = 0

    @_lifetime(copy topic, copy payload)
    public init(
        topic: Span<UInt8>, payload: Span<UInt8>, source: MessageSource, qos: QoS = .atMostOnce, retain: Bool = false,
        receipt: MessageReceipt? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.source = source
        self.qos = qos
        self.retain = retain
        self.receipt = receipt
    }

    @_lifetime(copy other)
    init(_ other: borrowing MessageView, topicNumber: UInt64) {
        topic = other.topic
        payload = other.payload
        source = other.source
        qos = other.qos
        retain = other.retain
        receipt = other.receipt
        self.topicNumber = topicNumber
    }

    /// The message with bytes of its own.
    public func copy() -> Message {
        Message(
            topic: topic.withUnsafeBufferPointer { [UInt8]($0) },
            payload: payload.withUnsafeBufferPointer { [UInt8]($0) }, source: source.endpoint, qos: qos)
    }
}
