import Bytes

/// SUBACK: an answer for each filter of a SUBSCRIBE, in its order, MQTT 3.1.1 section 3.9.
public struct Suback: Equatable, Sendable {
    public enum Answer: Equatable, Sendable {
        case granted(QoS)
        case refused

        /// The return code on the wire.
        public var code: UInt8 {
            switch self {
            case .granted(let qos): qos.rawValue
            case .refused: 0x80
            }
        }
    }

    public var packetIdentifier: PacketIdentifier
    public var answers: [Answer]

    public init(packetIdentifier: PacketIdentifier, answers: [Answer]) {
        self.packetIdentifier = packetIdentifier
        self.answers = answers
    }

    public init(_ body: Span<UInt8>) throws(MQTTError) {
        var reader = FieldReader(body)
        packetIdentifier = try reader.packetIdentifier()
        var answers: [Answer] = []
        repeat {
            let code = try reader.byte()
            if let qos = QoS(rawValue: code) {
                answers.append(.granted(qos))
            } else if code == 0x80 {
                answers.append(.refused)
            } else {
                throw .invalidSubackCode
            }
        } while !reader.isAtEnd
        self.answers = answers
    }

    /// Appends the packet. The buffer is as before where an error is thrown.
    public func write(to buffer: inout ByteBuffer) throws(MQTTError) {
        guard !answers.isEmpty else { throw .truncatedPacket }
        try FixedHeader.write(.suback, remainingLength: 2 + answers.count, to: &buffer)
        buffer.append(bigEndian: packetIdentifier.rawValue)
        for answer in answers { buffer.append(answer.code) }
    }
}
