import Bytes

/// SUBSCRIBE, MQTT 3.1.1 section 3.8.
public struct Subscribe: Equatable, Sendable {
    public struct Request: Equatable, Sendable {
        public var filter: TopicFilter
        /// The highest quality that the client wants.
        public var qos: QoS

        public init(_ filter: TopicFilter, qos: QoS = .atMostOnce) {
            self.filter = filter
            self.qos = qos
        }
    }

    public var packetIdentifier: PacketIdentifier
    /// At least one.
    public var requests: [Request]

    public init(packetIdentifier: PacketIdentifier, requests: [Request]) {
        self.packetIdentifier = packetIdentifier
        self.requests = requests
    }

    public init(_ body: Span<UInt8>) throws(MQTTError) {
        var reader = FieldReader(body)
        packetIdentifier = try reader.packetIdentifier()
        var requests: [Request] = []
        while !reader.isAtEnd {
            let filter = try TopicFilter(copying: try reader.field())
            guard let qos = QoS(rawValue: try reader.byte()) else { throw .invalidRequestedQoS }
            requests.append(Request(filter, qos: qos))
        }
        guard !requests.isEmpty else { throw .emptySubscribe }
        self.requests = requests
    }

    /// Appends the packet. The buffer is as before where an error is thrown.
    public func write(to buffer: inout ByteBuffer) throws(MQTTError) {
        guard !requests.isEmpty else { throw .emptySubscribe }
        var length = 2
        for request in requests { length += try Field.length(request.filter.bytes) + 1 }
        try FixedHeader.write(.subscribe, remainingLength: length, to: &buffer)
        buffer.append(bigEndian: packetIdentifier.rawValue)
        for request in requests {
            Field.write(request.filter.bytes, to: &buffer)
            buffer.append(request.qos.rawValue)
        }
    }
}
