import Bytes
import Group
import Log
import MQTT

/// The way of a message: from a connection to the router or straight to the sessions, and to a session's client.
extension LocalBroker {
    /// Routes a message of a client.
    /// - Returns: what has to be settled before the client may be told, and whether it may be.
    func publish(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, retain: Bool, from device: DeviceTarget?
    ) -> PublishOutcome {
        counters.received += 1
        if let router {
            guard let device else { return PublishOutcome() }
            let outcome = router.publish(
                MessageView(topic: topic, payload: payload, source: device.source, qos: qos, retain: retain))
            // What no row takes anywhere takes no place either.
            if retain, outcome.isRouted || payload.isEmpty { keep(topic, payload, qos, from: device) }
            return outcome
        }
        if retain { keep(topic, payload, qos, from: nil) }
        index.resolve(topic)
        if index.matches.isEmpty { counters.droppedWithoutSubscriber += 1 }
        for number in 0..<index.matches.count {
            let match = index.matches[number]
            let granted = match.qos.rawValue < qos.rawValue ? match.qos : qos
            _ = deliver(topic, payload, to: match.session.takeUnretainedValue(), granted)
        }
        return PublishOutcome()
    }

    private func keep(_ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, from device: DeviceTarget?) {
        if !retained.keep(topic, payload, qos, from: device?.source) { refuseRetained(topic, device) }
    }

    /// Sends packets on that are the same for every subscriber of the topic that was resolved last.
    func forward(_ packets: UnsafeRawBufferPointer, messages: Int) {
        counters.received += UInt64(messages)
        let count = index.matches.count
        if count == 0 { counters.droppedWithoutSubscriber += UInt64(messages) }
        for number in 0..<count {
            index.matches[number].session._withUnsafeGuaranteedRef { session in
                if let connection = session.connection {
                    connection.send(packets, messages: messages)
                } else {
                    counters.droppedWhileDisconnected += UInt64(messages)
                }
            }
        }
    }

    /// Gives a session a message.
    /// - Returns: false where it had no room for it.
    func deliver(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, to session: ClientSession, _ qos: QoS, retain: Bool = false
    ) -> Bool {
        do throws(MQTTError) {
            if qos == .atMostOnce {
                guard let connection = session.connection else {
                    counters.droppedWhileDisconnected += 1
                    return true
                }
                return try connection.send(topic, payload, retain: retain)
            }
            guard try session.enqueue(topic, payload, qos, retain: retain) else {
                counters.droppedByFullSession += 1
                if let connection = session.connection {
                    connection.lose(1)
                } else if told.fullSessions.isTold() {
                    log.warn(
                        "Dropping a message for \(name(session)), which is away: \(session.outbound?.count ?? 0) wait for it, and "
                            + "there is no room for more." + told.fullSessions.note)
                }
                return false
            }
            counters.delivered += 1
            session.connection?.sendQueued()
            return true
        } catch {
            // Functions and the cloud are held to the same limits as devices: this message is none of theirs.
            log.error("Cannot send a message to client \(session.clientID.text): \(error.description)")
            return false
        }
    }

    /// Answers a SUBSCRIBE, and sends what is retained for its filters ([MQTT-3.3.1-6], [MQTT-3.8.4-3]).
    func subscribe(_ connection: BrokerConnection, _ client: ClientSession, _ packet: Subscribe) throws(MQTTError) {
        let result = try client.subscribe(packet, index, &connection.output)
        if let device = connection.device { warn(device, result) }
        if retained.count == 0 { return }
        retained.each(result.granted, rules) { topic, message, granted in
            guard mayHave(connection.device, topic, message) else { return }
            let qos = message.qos.rawValue < granted.rawValue ? message.qos : granted
            _ = deliver(topic.span, message.payload.span, to: client, qos, retain: true)
        }
    }

    private func mayHave(_ device: DeviceTarget?, _ topic: [UInt8], _ message: RetainedMessages.Retained) -> Bool {
        guard let router, let device, let source = message.source else { return router == nil }
        return router.grants(topic.span, from: source, to: .device(device.thingName))
    }

    private func refuseRetained(_ topic: Span<UInt8>, _ device: DeviceTarget?) {
        counters.retainedRefused += 1
        guard device?.told.retained.isTold() ?? told.retained.isTold() else { return }
        let name = topic.withUnsafeBufferPointer { [UInt8]($0) }.text
        let who = device.map { " of device \($0.thingName)" } ?? ""
        let share = device == nil ? "" : ", and a quarter of both of one device"
        log.warn(
            "The message on topic \(name)\(who) is passed on, but not retained: at most \(limits.retainedMessages) "
                + "messages of \(limits.retainedBytes) bytes are\(share)."
                + (device?.told.retained ?? told.retained).note)
    }

    private func warn(_ device: DeviceTarget, _ result: ClientSession.Subscribed) {
        if let first = result.refused.first, device.told.refusedFilters.isTold() {
            let reason = rules.topicRules.breach(first.bytes.span).map { rules.topicRules.describe($0) }
            log.warn(
                "Refused \(result.refused.count) topic filters of device \(device.thingName), first \(first.bytes.text): "
                    + (reason ?? "it has \(limits.filters) filters already, which is the most allowed") + "."
                    + device.told.refusedFilters.note)
        }
        let unserved = result.added.filter { !device.mayReceive($0) }
        guard let first = unserved.first, device.told.unservedFilters.isTold() else { return }
        let others = unserved.count > 1 ? " and \(unserved.count - 1) other filters" : ""
        log.warn(
            "Device \(device.thingName) subscribed to \(first.bytes.text)\(others), but no subscription of the group with "
                + "this device as its target has a matching subject: nothing will arrive. Add one and deploy."
                + device.told.unservedFilters.note)
    }
}
