import Group

/// One message on its way from a source to its targets.
///
/// The arrays are copied off the socket once and shared by everyone who holds the message afterwards.
public struct Message {
    /// A valid MQTT topic name.
    public let topic: [UInt8]
    public let payload: [UInt8]
    /// Who sent it.
    public let source: Endpoint

    public init(topic: [UInt8], payload: [UInt8], source: Endpoint) {
        self.topic = topic
        self.payload = payload
        self.source = source
    }
}
