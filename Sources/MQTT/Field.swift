import Bytes

/// Fields with their length in front, written; MQTT 3.1.1 section 1.5.3.
enum Field {
    /// The bytes that the field takes.
    static func length(_ bytes: [UInt8]) throws(MQTTError) -> Int {
        guard bytes.count <= 65_535 else { throw .fieldTooLong }
        return bytes.count + 2
    }

    /// Appends a field whose length was checked.
    static func write(_ bytes: [UInt8], to buffer: inout ByteBuffer) {
        buffer.append(bigEndian: UInt16(truncatingIfNeeded: bytes.count))
        buffer.append(bytes)
    }
}
