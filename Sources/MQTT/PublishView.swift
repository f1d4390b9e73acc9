/// A PUBLISH in a receive buffer, read and checked without a copy: what a broker needs to decide on a message before
/// it spends memory on it.
public struct PublishView: ~Escapable {
    /// A valid topic name.
    public let topic: Span<UInt8>
    public let payload: Span<UInt8>
    public let delivery: Publish.Delivery
    public let retain: Bool

    /// - Parameters:
    ///   - flags: the fixed header's.
    ///   - body: the bytes after the fixed header.
    @_lifetime(copy body)
    public init(flags: UInt8, _ body: Span<UInt8>) throws(MQTTError) {
        guard let qos = QoS(rawValue: flags >> 1 & 3) else { throw .invalidQoS }
        let duplicate = flags & 8 != 0
        guard qos != .atMostOnce || !duplicate else { throw .duplicateWithoutQoS }
        var reader = FieldReader(body)
        let topic = try reader.field()
        try TopicName.validate(topic)
        switch qos {
        case .atMostOnce: delivery = .atMostOnce
        case .atLeastOnce: delivery = .atLeastOnce(try reader.packetIdentifier(), duplicate: duplicate)
        case .exactlyOnce: delivery = .exactlyOnce(try reader.packetIdentifier(), duplicate: duplicate)
        }
        self.topic = topic
        retain = flags & 1 != 0
        payload = reader.rest()
    }
}
