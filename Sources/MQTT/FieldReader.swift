/// Reads the fields of one packet's variable header and payload, front to back.
struct FieldReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    @_lifetime(self: copy self)
    mutating func byte() throws(MQTTError) -> UInt8 {
        guard offset < bytes.count else { throw .truncatedPacket }
        offset += 1
        return bytes[offset - 1]
    }

    /// Two bytes, most significant first.
    @_lifetime(self: copy self)
    mutating func integer() throws(MQTTError) -> UInt16 {
        guard bytes.count - offset >= 2 else { throw .truncatedPacket }
        offset += 2
        return UInt16(bytes[offset - 2]) << 8 | UInt16(bytes[offset - 1])
    }

    @_lifetime(self: copy self)
    mutating func packetIdentifier() throws(MQTTError) -> PacketIdentifier {
        guard let identifier = PacketIdentifier(try integer()) else { throw .packetIdentifierZero }
        return identifier
    }

    /// A field with its length in front, MQTT 3.1.1 section 1.5.3; its content is not checked.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func field() throws(MQTTError) -> Span<UInt8> {
        let count = Int(try integer())
        guard bytes.count - offset >= count else { throw .truncatedPacket }
        offset += count
        return bytes.extracting(offset - count..<offset)
    }

    /// A field that is well-formed UTF-8 without U+0000.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func text() throws(MQTTError) -> Span<UInt8> {
        let text = try field()
        try UTF8Text.validate(text)
        return text
    }

    /// All that is left.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    mutating func rest() -> Span<UInt8> {
        let start = offset
        offset = bytes.count
        return bytes.extracting(start..<bytes.count)
    }

    func expectEnd() throws(MQTTError) {
        guard isAtEnd else { throw .trailingBytes }
    }
}
