import Group
import MQTT

/// One message that somebody keeps: it owns its bytes, which are shared by all who hold it.
///
/// On its way through the router a message is a `MessageView` into the buffer it arrived in; whoever has to keep it makes
/// the one copy with `MessageView.copy()`.
public struct Message {
    /// A valid MQTT topic name.
    public let topic: [UInt8]
    public let payload: [UInt8]
    /// Who sent it.
    public let source: Endpoint
    /// What its sender sent it with.
    public let qos: QoS

    public init(topic: [UInt8], payload: [UInt8], source: Endpoint, qos: QoS = .atMostOnce) {
        self.topic = topic
        self.payload = payload
        self.source = source
        self.qos = qos
    }
}
