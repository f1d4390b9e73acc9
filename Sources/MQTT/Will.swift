/// The message that the server publishes for a client that is lost, MQTT 3.1.1 section 3.1.2.5.
public struct Will: Equatable, Sendable {
    public var topic: TopicName
    /// At most 65,535 bytes.
    public var payload: [UInt8]
    public var qos: QoS
    public var retain: Bool

    public init(topic: TopicName, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
    }
}
