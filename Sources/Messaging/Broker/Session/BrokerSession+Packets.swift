import Bytes
import MQTT

extension BrokerSession {
    /// Handles one complete packet that is no PUBLISH.
    /// - Returns: nil where the host need not know.
    mutating func handle(
        _ header: FixedHeader, _ body: Span<UInt8>, _ output: inout ByteBuffer
    ) throws(MQTTError) -> Event? {
        switch header.type {
        case .connect: return try connect(body, &output)
        case .subscribe: return try subscribe(body)
        case .unsubscribe: return try unsubscribe(body)
        case .puback: client?.acknowledged(try Acknowledgement.read(body), &output)
        case .pubrec: client?.received(try Acknowledgement.read(body), &output)
        case .pubcomp: client?.completed(try Acknowledgement.read(body), &output)
        case .pubrel:
            let identifier = try Acknowledgement.read(body)
            client?.release(identifier.rawValue)
            Acknowledgement.write(.pubcomp, identifier, to: &output)
        case .pingreq:
            try EmptyPacket.read(body)
            EmptyPacket.write(.pingresp, to: &output)
        case .disconnect:
            try EmptyPacket.read(body)
            return close(.disconnected)
        case .publish, .connack, .suback, .unsuback, .pingresp: return close(.serverPacket)
        }
        return nil
    }

    private mutating func connect(_ body: Span<UInt8>, _ output: inout ByteBuffer) throws(MQTTError) -> Event {
        guard state == .awaitingConnect else { return close(.secondConnect) }
        let packet: Connect
        do throws(MQTTError) {
            packet = try Connect(body)
        } catch {
            guard case .unsupportedProtocolLevel = error else { throw error }
            // In the form of 3.1.1, which clients of the other versions know too.
            Connack(.unacceptableProtocolVersion).write(to: &output)
            return close(.unsupportedVersion(error))
        }
        if let provenName, packet.clientID != provenName {
            Connack(.identifierRejected).write(to: &output)
            return close(.clientIDDiffers(packet.clientID.text))
        }
        setKeepAlive(packet.keepAlive)
        will = packet.will
        state = .connecting
        return .connecting(packet)
    }

    private mutating func subscribe(_ body: Span<UInt8>) throws(MQTTError) -> Event {
        let packet = try Subscribe(body)
        guard packet.requests.count <= rules.limits.filters else {
            return close(.tooManyFilters(packet.requests.count))
        }
        return .subscribe(packet)
    }

    private mutating func unsubscribe(_ body: Span<UInt8>) throws(MQTTError) -> Event {
        let packet = try Unsubscribe(body)
        guard packet.filters.count <= rules.limits.filters else { return close(.tooManyFilters(packet.filters.count)) }
        return .unsubscribe(packet)
    }

    /// An inbound message, into `inbound`.
    ///
    /// Nothing is copied, and a topic that is the last one again is not checked again.
    /// - Parameters:
    ///   - body: the bytes after the fixed header.
    ///   - start: where the packet begins in the input.
    mutating func receive(
        _ header: FixedHeader, _ body: Span<UInt8>, at start: Int, _ output: inout ByteBuffer
    ) throws(MQTTError) -> Event? {
        guard let qos = QoS(rawValue: header.flags >> 1 & 3) else { throw .invalidQoS }
        guard qos != .atMostOnce || header.flags & 8 == 0 else { throw .duplicateWithoutQoS }
        guard body.count >= 2 else { throw .truncatedPacket }
        let length = Int(body[0]) << 8 | Int(body[1])
        var at = 2 + length
        guard body.count >= at + (qos == .atMostOnce ? 0 : 2) else { throw .truncatedPacket }
        try look(at: body.extracting(2..<at))
        inbound.start = start
        inbound.end = start + header.packetLength
        inbound.topicStart = start + header.length + 2
        inbound.topicEnd = inbound.topicStart + length
        inbound.qos = qos
        inbound.retain = header.flags & 1 != 0
        if qos != .atMostOnce {
            inbound.identifier = UInt16(body[at]) << 8 | UInt16(body[at + 1])
            guard inbound.identifier != 0 else { throw .packetIdentifierZero }
            at += 2
        }
        inbound.payloadStart = start + header.length + at
        guard inbound.payloadCount <= rules.limits.payload else {
            return close(.payloadTooLarge(limit: rules.limits.payload))
        }
        if qos == .exactlyOnce, let client {
            if client.isUnreleased(inbound.identifier) {
                answer(.pubrec, inbound.identifier, client.unsettled, &output)
                return nil
            }
            guard client.unreleased.count < rules.limits.unreleased else { return close(.tooManyUnreleased) }
            client.unreleased.insert(inbound.identifier)
        }
        guard let lastBreach else { return .publish }
        // To discard a message is not told to its sender ([MQTT-3.3.5-2]).
        acknowledge(.none, &output)
        return .discard(lastBreach)
    }

    /// Checks the topic and makes it the last one, where it is not that already.
    private mutating func look(at topic: Span<UInt8>) throws(MQTTError) {
        // Before the first message the last topic is the empty one, which is none ([MQTT-4.7.3-1]).
        inbound.repeatsTopic = !topic.isEmpty && lastTopic.span.equals(topic)
        if inbound.repeatsTopic { return }
        try TopicName.validate(topic)
        lastTopic.removeAll(keepingCapacity: true)
        topic.withUnsafeBufferPointer { lastTopic.append(contentsOf: $0) }
        lastBreach = rules.topicRules.breach(topic)
    }
}
