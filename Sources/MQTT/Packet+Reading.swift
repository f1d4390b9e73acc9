import Bytes

extension Packet {
    /// Takes the next packet from the front of the buffer.
    ///
    /// - Parameter limit: the largest remaining length to accept, in bytes.
    /// - Returns: nil, with nothing consumed, while the packet is not complete.
    public static func read(
        from buffer: inout ByteBuffer, limit: Int = FixedHeader.maximumRemainingLength
    ) throws(MQTTError) -> Packet? {
        guard let header = try FixedHeader.read(buffer.bytes, limit: limit),
            buffer.count >= header.packetLength
        else { return nil }
        let packet = try Packet(header, body: buffer.bytes.extracting(header.length..<header.packetLength))
        buffer.consume(header.packetLength)
        return packet
    }

    /// Reads a complete packet.
    ///
    /// - Parameter body: the `remainingLength` bytes after the fixed header.
    public init(_ header: FixedHeader, body: Span<UInt8>) throws(MQTTError) {
        switch header.type {
        case .connect: self = .connect(try Connect(body))
        case .connack: self = .connack(try Connack(body))
        case .publish: self = .publish(try Publish(flags: header.flags, body))
        case .puback: self = .puback(try Acknowledgement.read(body))
        case .pubrec: self = .pubrec(try Acknowledgement.read(body))
        case .pubrel: self = .pubrel(try Acknowledgement.read(body))
        case .pubcomp: self = .pubcomp(try Acknowledgement.read(body))
        case .subscribe: self = .subscribe(try Subscribe(body))
        case .suback: self = .suback(try Suback(body))
        case .unsubscribe: self = .unsubscribe(try Unsubscribe(body))
        case .unsuback: self = .unsuback(try Acknowledgement.read(body))
        case .pingreq:
            try EmptyPacket.read(body)
            self = .pingreq
        case .pingresp:
            try EmptyPacket.read(body)
            self = .pingresp
        case .disconnect:
            try EmptyPacket.read(body)
            self = .disconnect
        }
    }

    /// Appends the packet. The buffer is as before where an error is thrown.
    public func write(to buffer: inout ByteBuffer) throws(MQTTError) {
        switch self {
        case .connect(let packet): try packet.write(to: &buffer)
        case .connack(let packet): packet.write(to: &buffer)
        case .publish(let packet): try packet.write(to: &buffer)
        case .puback(let identifier): Acknowledgement.write(.puback, identifier, to: &buffer)
        case .pubrec(let identifier): Acknowledgement.write(.pubrec, identifier, to: &buffer)
        case .pubrel(let identifier): Acknowledgement.write(.pubrel, identifier, to: &buffer)
        case .pubcomp(let identifier): Acknowledgement.write(.pubcomp, identifier, to: &buffer)
        case .subscribe(let packet): try packet.write(to: &buffer)
        case .suback(let packet): try packet.write(to: &buffer)
        case .unsubscribe(let packet): try packet.write(to: &buffer)
        case .unsuback(let identifier): Acknowledgement.write(.unsuback, identifier, to: &buffer)
        case .pingreq: EmptyPacket.write(.pingreq, to: &buffer)
        case .pingresp: EmptyPacket.write(.pingresp, to: &buffer)
        case .disconnect: EmptyPacket.write(.disconnect, to: &buffer)
        }
    }
}
