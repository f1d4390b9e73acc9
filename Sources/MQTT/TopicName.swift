/// A topic that a message is published to, MQTT 3.1.1 section 4.7: not empty, well-formed, without wildcards.
public struct TopicName: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) throws(MQTTError) {
        try Self.validate(bytes.span)
        self.bytes = bytes
    }

    /// A copy of the bytes, checked.
    public init(copying span: Span<UInt8>) throws(MQTTError) {
        try Self.validate(span)
        bytes = [UInt8](copying: span)
    }

    /// Bytes that `validate(_:)` passed.
    init(validated bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Checks without copying, in one pass.
    public static func validate(_ topic: Span<UInt8>) throws(MQTTError) {
        guard topic.count > 0 else { throw .emptyTopic }
        guard topic.count <= 65_535 else { throw .fieldTooLong }
        var index = 0
        while index < topic.count {
            switch topic[index] {
            case 0: throw .nullCharacter
            case UInt8(ascii: "+"), UInt8(ascii: "#"): throw .wildcardInTopicName
            case 1..<0x80: index += 1
            default: index += try UTF8Text.sequenceLength(topic, at: index)
            }
        }
    }

    public static func == (first: TopicName, second: TopicName) -> Bool { first.bytes == second.bytes }
}
