import Bytes

/// UNSUBSCRIBE, MQTT 3.1.1 section 3.10.
public struct Unsubscribe: Equatable, Sendable {
    public var packetIdentifier: PacketIdentifier
    /// At least one.
    public var filters: [TopicFilter]

    public init(packetIdentifier: PacketIdentifier, filters: [TopicFilter]) {
        self.packetIdentifier = packetIdentifier
        self.filters = filters
    }

    public init(_ body: Span<UInt8>) throws(MQTTError) {
        var reader = FieldReader(body)
        packetIdentifier = try reader.packetIdentifier()
        var filters: [TopicFilter] = []
        while !reader.isAtEnd { filters.append(try TopicFilter(copying: try reader.field())) }
        guard !filters.isEmpty else { throw .emptyUnsubscribe }
        self.filters = filters
    }

    /// Appends the packet. The buffer is as before where an error is thrown.
    public func write(to buffer: inout ByteBuffer) throws(MQTTError) {
        guard !filters.isEmpty else { throw .emptyUnsubscribe }
        var length = 2
        for filter in filters { length += try Field.length(filter.bytes) }
        try FixedHeader.write(.unsubscribe, remainingLength: length, to: &buffer)
        buffer.append(bigEndian: packetIdentifier.rawValue)
        for filter in filters { Field.write(filter.bytes, to: &buffer) }
    }
}
