/// What a client subscribes to: a topic that may have wildcards, MQTT 3.1.1 section 4.7.
///
/// This is MQTT's own rule, for the filters of clients. The subscription table of a group, which grants, has another
/// one: there `sensor/#` does not match `sensor`.
public struct TopicFilter: Hashable, Sendable {
    public let bytes: [UInt8]
    /// Whether there is a `+` or a `#`.
    public let hasWildcard: Bool

    public init(_ bytes: [UInt8]) throws(MQTTError) {
        hasWildcard = try Self.validate(bytes.span)
        self.bytes = bytes
    }

    /// A copy of the bytes, checked.
    public init(copying span: Span<UInt8>) throws(MQTTError) {
        hasWildcard = try Self.validate(span)
        bytes = [UInt8](copying: span)
    }

    public static func == (first: TopicFilter, second: TopicFilter) -> Bool { first.bytes == second.bytes }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    private static func validate(_ filter: Span<UInt8>) throws(MQTTError) -> Bool {
        guard filter.count > 0 else { throw .emptyTopic }
        guard filter.count <= 65_535 else { throw .fieldTooLong }
        try UTF8Text.validate(filter)
        var hasWildcard = false
        for index in 0..<filter.count {
            let startsLevel = index == 0 || filter[index - 1] == slash
            switch filter[index] {
            case multiLevel:
                guard startsLevel, index == filter.count - 1 else { throw .misplacedMultiLevelWildcard }
                hasWildcard = true
            case singleLevel:
                let endsLevel = index == filter.count - 1 || filter[index + 1] == slash
                guard startsLevel, endsLevel else { throw .misplacedSingleLevelWildcard }
                hasWildcard = true
            default: continue
            }
        }
        return hasWildcard
    }

    static let slash = UInt8(ascii: "/")
    static let singleLevel = UInt8(ascii: "+")
    static let multiLevel = UInt8(ascii: "#")
    static let dollar = UInt8(ascii: "$")
}
