import Bytes
import MQTT

extension BrokerSession {
    /// Grants every filter that fits the limits, with QoS 0, for local delivery knows no other (MSG-06).
    ///
    /// A filter is not compared with the subscription table here: what arrives is decided by the table for each
    /// message, and a device may subscribe before the row that serves it is deployed.
    mutating func subscribe(_ packet: Subscribe, _ output: inout ByteBuffer) throws(MQTTError) -> Event {
        guard packet.requests.count <= limits.filters else { return close(.tooManyFilters(packet.requests.count)) }
        var answers: [Suback.Answer] = []
        answers.reserveCapacity(packet.requests.count)
        var added: [TopicFilter] = []
        var refused: [TopicFilter] = []
        for request in packet.requests {
            let isKnown = filters.contains(request.filter)
            if topicRules.breach(request.filter.bytes.span) != nil || !isKnown && filters.count >= limits.filters {
                refused.append(request.filter)
                answers.append(.refused)
                continue
            }
            if !isKnown {
                filters.append(request.filter)
                added.append(request.filter)
            }
            answers.append(.granted(.atMostOnce))
        }
        try Suback(packetIdentifier: packet.packetIdentifier, answers: answers).write(to: &output)
        return .subscribed(added: added, refused: refused)
    }

    mutating func unsubscribe(_ packet: Unsubscribe, _ output: inout ByteBuffer) -> Event? {
        guard packet.filters.count <= limits.filters else { return close(.tooManyFilters(packet.filters.count)) }
        for filter in packet.filters { filters.removeAll { $0 == filter } }
        Acknowledgement.write(.unsuback, packet.packetIdentifier, to: &output)
        return nil
    }
}
