import Bytes
import MQTT

extension BrokerSession {
    /// Handles one complete packet.
    /// - Returns: nil where the host need not know.
    mutating func handle(
        _ header: FixedHeader, _ body: Span<UInt8>, _ output: inout ByteBuffer
    ) throws(MQTTError) -> Event? {
        switch header.type {
        case .publish: return try receive(try PublishView(flags: header.flags, body), &output)
        case .connect: return try connect(body, &output)
        case .subscribe: return try subscribe(try Subscribe(body), &output)
        case .unsubscribe: return unsubscribe(try Unsubscribe(body), &output)
        case .pubrel: release(try Acknowledgement.read(body), &output)
        case .pingreq:
            try EmptyPacket.read(body)
            EmptyPacket.write(.pingresp, to: &output)
        case .disconnect:
            try EmptyPacket.read(body)
            return close(.disconnected)
        // Everything goes out with QoS 0: an acknowledgement can only be left from an earlier server's session.
        case .puback, .pubrec, .pubcomp: _ = try Acknowledgement.read(body)
        case .connack, .suback, .unsuback, .pingresp: return close(.serverPacket)
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
        return .connecting(clientID: packet.clientID)
    }

    /// An inbound message. QoS 1 and 2 are acknowledged at once: to be routed is all that a local message gets
    /// (MSG-06), and to discard one is not told to its sender ([MQTT-3.3.5-2]).
    private mutating func receive(_ packet: borrowing PublishView, _ output: inout ByteBuffer) throws(MQTTError)
        -> Event?
    {
        guard packet.payload.count <= limits.payload else { return close(.payloadTooLarge(limit: limits.payload)) }
        switch packet.delivery {
        case .atMostOnce: break
        case .atLeastOnce(let identifier, _): Acknowledgement.write(.puback, identifier, to: &output)
        case .exactlyOnce(let identifier, _):
            let isNew = !unreleased.contains(identifier.rawValue)
            if isNew, unreleased.count >= limits.unreleased { return close(.tooManyUnreleased) }
            Acknowledgement.write(.pubrec, identifier, to: &output)
            guard isNew else { return nil }
            unreleased.insert(identifier.rawValue)
        }
        if !isLastTopic(packet.topic) {
            if let breach = topicRules.breach(packet.topic) { return .discard(topic: copy(packet.topic), breach) }
            lastTopic = copy(packet.topic)
        }
        return .publish(topic: lastTopic, payload: copy(packet.payload))
    }

    private mutating func release(_ identifier: PacketIdentifier, _ output: inout ByteBuffer) {
        unreleased.remove(identifier.rawValue)
        Acknowledgement.write(.pubcomp, identifier, to: &output)
    }

    private func copy(_ bytes: Span<UInt8>) -> [UInt8] {
        bytes.withUnsafeBufferPointer { [UInt8]($0) }
    }

    private func isLastTopic(_ topic: Span<UInt8>) -> Bool {
        let last = lastTopic.span
        guard topic.count == last.count else { return false }
        for index in 0..<topic.count where topic[index] != last[index] { return false }
        return true
    }
}
