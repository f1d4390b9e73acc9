import Bytes
import MQTT

extension ClientSession {
    /// What a SUBSCRIBE led to.
    struct Subscribed {
        /// What was asked for and granted, with the QoS.
        var granted: [Subscribe.Request] = []
        /// Those of them that the client did not have yet.
        var added: [TopicFilter] = []
        var refused: [TopicFilter] = []
    }

    /// Grants every filter that fits the rules, with the QoS asked for, and writes SUBACK.
    ///
    /// In a group, a filter is not compared with the subscription table here: what arrives is decided by the table for
    /// each message, and a device may subscribe before the row that serves it is deployed.
    func subscribe(
        _ packet: Subscribe, _ index: SubscriptionIndex, _ output: inout ByteBuffer
    ) throws(MQTTError) -> Subscribed {
        var answers: [Suback.Answer] = []
        answers.reserveCapacity(packet.requests.count)
        var result = Subscribed()
        for request in packet.requests {
            let isKnown = index.has(request.filter, self)
            if mayNotHave(request.filter) || !isKnown && Int(filterCount) >= rules.limits.filters {
                result.refused.append(request.filter)
                answers.append(.refused)
                continue
            }
            index.add(request.filter, request.qos, self)
            if !isKnown { result.added.append(request.filter) }
            result.granted.append(request)
            answers.append(.granted(request.qos))
        }
        try Suback(packetIdentifier: packet.packetIdentifier, answers: answers).write(to: &output)
        return result
    }

    func unsubscribe(_ packet: Unsubscribe, _ index: SubscriptionIndex, _ output: inout ByteBuffer) {
        for filter in packet.filters { index.remove(filter, self) }
        Acknowledgement.write(.unsuback, packet.packetIdentifier, to: &output)
    }

    private func mayNotHave(_ filter: TopicFilter) -> Bool {
        if rules.topicRules.breach(filter.bytes.span) != nil { return true }
        for refused in rules.refusedFilters where refused == filter { return true }
        return false
    }
}
