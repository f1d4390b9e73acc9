import Bytes

/// PUBACK, PUBREC, PUBREL, PUBCOMP and UNSUBACK: a packet identifier and nothing else, MQTT 3.1.1 sections 3.4 to 3.7
/// and 3.11.
public enum Acknowledgement {
    public static func read(_ body: Span<UInt8>) throws(MQTTError) -> PacketIdentifier {
        var reader = FieldReader(body)
        let identifier = try reader.packetIdentifier()
        try reader.expectEnd()
        return identifier
    }

    /// Appends the packet of the given type, which must be one of the five.
    public static func write(_ type: PacketType, _ identifier: PacketIdentifier, to buffer: inout ByteBuffer) {
        buffer.append(type.rawValue << 4 | type.fixedFlags)
        buffer.append(2)
        buffer.append(bigEndian: identifier.rawValue)
    }
}
