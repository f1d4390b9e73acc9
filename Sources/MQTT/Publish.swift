import Bytes

/// PUBLISH: a message, MQTT 3.1.1 section 3.3. It owns its bytes; `PublishView` looks into a buffer instead.
public struct Publish: Equatable, Sendable {
    /// What the quality of service needs beside the message.
    public enum Delivery: Equatable, Sendable {
        case atMostOnce
        case atLeastOnce(PacketIdentifier, duplicate: Bool = false)
        case exactlyOnce(PacketIdentifier, duplicate: Bool = false)
    }

    public var topic: TopicName
    public var payload: [UInt8]
    public var delivery: Delivery
    public var retain: Bool

    public init(topic: TopicName, payload: [UInt8], delivery: Delivery = .atMostOnce, retain: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.delivery = delivery
        self.retain = retain
    }

    init(flags: UInt8, _ body: Span<UInt8>) throws(MQTTError) {
        let view = try PublishView(flags: flags, body)
        topic = TopicName(validated: [UInt8](copying: view.topic))
        payload = [UInt8](copying: view.payload)
        delivery = view.delivery
        retain = view.retain
    }

    public func write(to buffer: inout ByteBuffer) throws(MQTTError) {
        var flags: UInt8 = retain ? 1 : 0
        var identifier: PacketIdentifier?
        switch delivery {
        case .atMostOnce: break
        case .atLeastOnce(let packet, let duplicate):
            flags |= QoS.atLeastOnce.rawValue << 1 | (duplicate ? 8 : 0)
            identifier = packet
        case .exactlyOnce(let packet, let duplicate):
            flags |= QoS.exactlyOnce.rawValue << 1 | (duplicate ? 8 : 0)
            identifier = packet
        }
        let length = topic.bytes.count + 2 + (identifier == nil ? 0 : 2) + payload.count
        try FixedHeader.write(.publish, flags: flags, remainingLength: length, to: &buffer)
        Field.write(topic.bytes, to: &buffer)
        if let identifier { buffer.append(bigEndian: identifier.rawValue) }
        buffer.append(payload)
    }

    /// The bytes of a PUBLISH, header included.
    public static func packetLength(topic: Int, payload: Int, qos: QoS = .atMostOnce) -> Int {
        let remaining = topic + 2 + payload + (qos == .atMostOnce ? 0 : 2)
        let lengthBytes = remaining < 1 << 7 ? 1 : remaining < 1 << 14 ? 2 : remaining < 1 << 21 ? 3 : 4
        return 1 + lengthBytes + remaining
    }

    /// Appends a PUBLISH straight from a routed message; the way of every local delivery.
    ///
    /// - Parameters:
    ///   - topic: a valid topic name.
    ///   - identifier: of no meaning with QoS 0.
    public static func write(
        topic: Span<UInt8>, payload: Span<UInt8>, qos: QoS = .atMostOnce, retain: Bool = false,
        identifier: UInt16 = 0, to buffer: inout ByteBuffer
    ) throws(MQTTError) {
        let hasIdentifier = qos != .atMostOnce
        let remaining = topic.count + 2 + payload.count + (hasIdentifier ? 2 : 0)
        guard topic.count <= 65_535 else { throw .fieldTooLong }
        guard remaining <= FixedHeader.maximumRemainingLength else { throw .packetTooLarge }
        let total = packetLength(topic: topic.count, payload: payload.count, qos: qos)
        let room = buffer.prepareToWrite(minimum: total)
        room[0] = PacketType.publish.rawValue << 4 | qos.rawValue << 1 | (retain ? 1 : 0)
        var at = 1
        var left = remaining
        repeat {
            room[at] = UInt8(truncatingIfNeeded: left & 0x7F) | (left > 0x7F ? 0x80 : 0)
            at += 1
            left >>= 7
        } while left > 0
        at = write(UInt16(truncatingIfNeeded: topic.count), to: room, at: at)
        copy(topic, to: room, at: at)
        at += topic.count
        if hasIdentifier { at = write(identifier, to: room, at: at) }
        copy(payload, to: room, at: at)
        buffer.commit(total)
    }

    private static func write(_ value: UInt16, to room: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        room[offset] = UInt8(truncatingIfNeeded: value >> 8)
        room[offset + 1] = UInt8(truncatingIfNeeded: value)
        return offset + 2
    }

    private static func copy(_ bytes: Span<UInt8>, to room: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: room[offset...]).copyMemory(from: source)
        }
    }
}
