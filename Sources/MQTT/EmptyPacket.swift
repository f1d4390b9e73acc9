import Bytes

/// PINGREQ, PINGRESP and DISCONNECT: a fixed header only, MQTT 3.1.1 sections 3.12 to 3.14.
public enum EmptyPacket {
    public static func read(_ body: Span<UInt8>) throws(MQTTError) {
        try FieldReader(body).expectEnd()
    }

    /// Appends the packet of the given type, which must be one of the three.
    public static func write(_ type: PacketType, to buffer: inout ByteBuffer) {
        buffer.append(type.rawValue << 4)
        buffer.append(0)
    }
}
