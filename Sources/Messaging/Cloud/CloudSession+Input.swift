import Bytes
import MQTT

extension CloudSession {
    /// Reads the next packet that matters to the caller. Answers are appended to `output`.
    func next(_ input: inout ByteBuffer, _ output: inout ByteBuffer, now: Int64) -> Event {
        while true {
            let packet: Packet?
            do throws(MQTTError) {
                packet = try Packet.read(from: &input, limit: Self.largestPacket)
            } catch {
                return fail(.violation(error))
            }
            guard let packet else { return .needsBytes }
            lastReceived = now
            if let event = take(packet, &output, now: now) { return event }
        }
    }

    /// - Returns: nil where the caller need not know.
    private func take(_ packet: Packet, _ output: inout ByteBuffer, now: Int64) -> Event? {
        if case .connack(let connack) = packet { return take(connack, now: now) }
        guard phase == .up else { return fail(.unexpected("another packet than CONNACK first [MQTT-3.2.0-1]")) }
        switch packet {
        case .publish(let publish): return take(publish)
        case .puback(let identifier): return confirm(identifier, now: now)
        case .suback(let suback): return take(suback, &output, now: now)
        case .pingresp:
            if let pingedAt { pace.measured(now - pingedAt) }
            pingedAt = nil
            return nil
        case .unsuback(let identifier): return takeUnsuback(identifier, &output, now: now)
        case .connack, .connect, .subscribe, .unsubscribe, .pingreq, .disconnect:
            return fail(.unexpected("a packet that only clients send"))
        case .pubrec, .pubrel, .pubcomp:
            return fail(.unexpected("an answer to a QoS 2 message, of which there is none"))
        }
    }

    private func take(_ connack: Connack, now: Int64) -> Event {
        guard phase == .connecting else { return fail(.unexpected("a second CONNACK")) }
        guard connack.returnCode == .accepted else { return fail(.refused(connack.returnCode)) }
        pace.measured(now - startedAt)
        phase = .up
        return .accepted(sessionPresent: connack.sessionPresent)
    }

    private func take(_ publish: Publish) -> Event {
        switch publish.delivery {
        case .atMostOnce:
            return .message(topic: publish.topic.bytes, payload: publish.payload, identifier: nil)
        case .atLeastOnce(let identifier, _):
            return .message(topic: publish.topic.bytes, payload: publish.payload, identifier: identifier)
        case .exactlyOnce: return fail(.unexpected("a QoS 2 message, which nobody asked for [MQTT-3.8.4-6]"))
        }
    }

    private func confirm(_ identifier: PacketIdentifier, now: Int64) -> Event? {
        for index in flights.indices where flights[index].identifier == identifier {
            let flight = flights.remove(at: index)
            flightBytes -= flight.bytes
            if index == 0 { hasToldLate = false }
            pace.measured(now - flight.sentAt)
            pace.confirmed()
            return .confirmed(flight.number)
        }
        // A PUBACK of nothing harms nobody.
        return nil
    }

    private func take(_ suback: Suback, _ output: inout ByteBuffer, now: Int64) -> Event? {
        guard let asked = subscribing, !asked.isLeaving, asked.identifier == suback.packetIdentifier else { return nil }
        guard asked.filters.count == suback.answers.count else {
            return fail(.unexpected("a SUBACK with \(suback.answers.count) answers to \(asked.filters.count) filters"))
        }
        answered(asked, &output, now: now)
        var answers: [(filter: TopicFilter, granted: QoS?)] = []
        for (index, filter) in asked.filters.enumerated() {
            if case .granted(let qos) = suback.answers[index] {
                answers.append((filter, qos))
            } else {
                answers.append((filter, nil))
            }
        }
        return .subscribed(answers)
    }

    private func takeUnsuback(_ identifier: PacketIdentifier, _ output: inout ByteBuffer, now: Int64) -> Event? {
        guard let asked = subscribing, asked.isLeaving, asked.identifier == identifier else { return nil }
        answered(asked, &output, now: now)
        return .unsubscribed(asked.filters)
    }

    private func answered(_ asked: Subscribing, _ output: inout ByteBuffer, now: Int64) {
        subscribing = nil
        hasToldLate = false
        pace.measured(now - asked.sentAt)
        askMore(&output, now: now)
    }

    private func fail(_ failure: CloudSessionFailure) -> Event {
        phase = .ended
        return .failed(failure)
    }
}
