import MQTT
import Testing

@Suite struct ValidationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let error: MQTTError
        var testDescription: String { error.description }

        init(_ bytes: [UInt8], _ error: MQTTError) {
            self.bytes = bytes
            self.error = error
        }
    }

    /// A CONNECT with the given flags and payload.
    static func connect(name: String = "MQTT", level: UInt8 = 4, flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let body = [0, UInt8(name.utf8.count)] + Array(name.utf8) + [level, flags, 0, 60] + payload
        return [0x10, UInt8(body.count)] + body
    }

    static let cases: [Case] = [
        Case([0x00, 0], .reservedPacketType),
        Case([0xF0, 0], .reservedPacketType),
        Case([0x11, 0], .reservedFlags),
        Case([0x80, 5, 0, 1, 0, 0, 0], .reservedFlags),
        Case([0x60, 2, 0, 1], .reservedFlags),
        Case([0xC1, 0], .reservedFlags),
        Case([0x30, 0x80, 0x80, 0x80, 0x80, 0x01], .malformedRemainingLength),
        Case([0x30, 0xFF, 0xFF, 0xFF, 0x7F], .packetTooLarge),
        Case([0x30, 3, 0, 9, 0x61], .truncatedPacket),
        Case([0x40, 1, 0], .truncatedPacket),
        Case([0x40, 3, 0, 1, 0], .trailingBytes),
        Case([0xC0, 1, 0], .trailingBytes),
        Case([0x40, 2, 0, 0], .packetIdentifierZero),
        Case([0x32, 5, 0, 1, 0x61, 0, 0], .packetIdentifierZero),
        Case([0x82, 6, 0, 0, 0, 1, 0x61, 0], .packetIdentifierZero),
        Case([0x36, 5, 0, 1, 0x61, 0, 1], .invalidQoS),
        Case([0x38, 3, 0, 1, 0x61], .duplicateWithoutQoS),
        Case([0x30, 2, 0, 0], .emptyTopic),
        Case([0x30, 3, 0, 1, 0x2B], .wildcardInTopicName),
        Case([0x30, 3, 0, 1, 0x23], .wildcardInTopicName),
        Case([0x30, 3, 0, 1, 0], .nullCharacter),
        Case([0x30, 5, 0, 3, 0xED, 0xA0, 0x80], .malformedText),
        Case([0x30, 4, 0, 2, 0xC0, 0xAF], .malformedText),
        Case([0x30, 6, 0, 4, 0xF4, 0x90, 0x80, 0x80], .malformedText),
        Case([0x30, 4, 0, 2, 0xE2, 0x82], .malformedText),
        Case([0x82, 2, 0, 1], .emptySubscribe),
        Case([0x82, 6, 0, 1, 0, 1, 0x61, 3], .invalidRequestedQoS),
        Case([0x82, 6, 0, 1, 0, 1, 0x61, 4], .invalidRequestedQoS),
        Case([0x82, 5, 0, 1, 0, 0, 0], .emptyTopic),
        Case([0x82, 8, 0, 1, 0, 3, 0x23, 0x2F, 0x61, 0], .misplacedMultiLevelWildcard),
        Case([0x82, 7, 0, 1, 0, 2, 0x61, 0x23, 0], .misplacedMultiLevelWildcard),
        Case([0x82, 7, 0, 1, 0, 2, 0x61, 0x2B, 0], .misplacedSingleLevelWildcard),
        Case([0xA2, 2, 0, 1], .emptyUnsubscribe),
        Case([0x20, 2, 2, 0], .invalidConnackFlags),
        Case([0x20, 2, 1, 5], .invalidConnackFlags),
        Case([0x20, 2, 0, 6], .reservedReturnCode),
        Case([0x90, 3, 0, 1, 3], .invalidSubackCode),
        Case([0x90, 2, 0, 1], .truncatedPacket),
        Case(connect(name: "HTTP", flags: 2, [0, 0]), .unknownProtocol),
        Case(connect(name: "MQIsdp", level: 3, flags: 2, [0, 0]), .unsupportedProtocolLevel(3)),
        Case(connect(level: 5, flags: 2, [0, 0, 0]), .unsupportedProtocolLevel(5)),
        Case(connect(flags: 3, [0, 0]), .reservedConnectFlag),
        Case(connect(flags: 0x0A, [0, 0]), .willFlagsWithoutWill),
        Case(connect(flags: 0x22, [0, 0]), .willFlagsWithoutWill),
        Case(connect(flags: 0x1E, [0, 0, 0, 1, 0x61, 0, 0]), .invalidWillQoS),
        Case(connect(flags: 0x42, [0, 0, 0, 0]), .passwordWithoutUserName),
        Case(connect(flags: 0x06, [0, 0, 0, 1, 0x2B, 0, 0]), .wildcardInTopicName),
        Case(connect(flags: 2, [0, 1, 0]), .nullCharacter),
        Case(connect(flags: 2, [0, 0, 0]), .trailingBytes),
        Case(connect(flags: 0x82, [0, 0]), .truncatedPacket),
    ]

    @Test("a breach of the standard is refused with its clause", arguments: cases)
    func refused(_ example: Case) {
        #expect(throws: example.error) { try Wire.decode(example.bytes, limit: 1_000_000) }
    }

    @Test("an oversized packet is refused by its header alone")
    func limit() throws {
        #expect(throws: MQTTError.packetTooLarge) { try Wire.decode([0x30, 0x81, 0x01], limit: 128) }
        #expect(try Wire.decode([0x30, 0x81, 0x01], limit: 129) == Wire.Decoded(packet: nil, left: 3))
    }

    @Test("a packet that cannot be on the wire is not written")
    func unwritable() throws {
        let long = [UInt8](repeating: 0x61, count: 65_536)
        #expect(throws: MQTTError.fieldTooLong) { try Wire.encode(.connect(Connect(clientID: long))) }
        #expect(throws: MQTTError.fieldTooLong) { try TopicName(long) }
        #expect(throws: MQTTError.fieldTooLong) { try TopicFilter(long) }
        #expect(throws: MQTTError.malformedText) { try Wire.encode(.connect(Connect(clientID: [0xFF]))) }
        #expect(throws: MQTTError.passwordWithoutUserName) {
            try Wire.encode(.connect(Connect(clientID: [], password: [1])))
        }
    }

    @Test("U+FEFF in a text is kept")
    func byteOrderMark() throws {
        let topic: [UInt8] = [0xEF, 0xBB, 0xBF, 0x61]
        #expect(try TopicName(topic).bytes == topic)
    }
}
