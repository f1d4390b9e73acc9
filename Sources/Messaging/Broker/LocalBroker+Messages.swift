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
            if retain, outcome.isRouted || payload.isEmpty { keep(topic, payload, qos, from: device.source) }
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

    private func keep(_ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, from source: MessageSource?) {
        if !retained.keep(topic, payload, qos, from: source) { refuseRetained(topic) }
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
                if let connection = session.connection { connection.drop(1) }
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
        for request in result.granted {
            retained.each(request.filter) { topic, message in
                guard mayHave(connection.device, topic, message) else { return }
                let qos = message.qos.rawValue < request.qos.rawValue ? message.qos : request.qos
                _ = deliver(topic.span, message.payload.span, to: client, qos, retain: true)
            }
        }
    }

    private func mayHave(_ device: DeviceTarget?, _ topic: [UInt8], _ message: RetainedMessages.Retained) -> Bool {
        guard let router, let device, let source = message.source else { return router == nil }
        return router.grants(topic.span, from: source, to: .device(device.thingName))
    }

    private func refuseRetained(_ topic: Span<UInt8>) {
        counters.retainedRefused += 1
        let count = counters.retainedRefused
        guard count & (count - 1) == 0 else { return }
        let name = topic.withUnsafeBufferPointer { [UInt8]($0) }.text
        log.warn(
            "The message on topic \(name) is passed on, but not retained: at most \(limits.retainedMessages) messages of "
                + "\(limits.retainedBytes) bytes are. \(count) were refused so far.")
    }

    private func warn(_ device: DeviceTarget, _ result: ClientSession.Subscribed) {
        if let first = result.refused.first {
            let reason = rules.topicRules.breach(first.bytes.span).map { rules.topicRules.describe($0) }
            log.warn(
                "Refused \(result.refused.count) topic filters of device \(device.thingName), first \(first.bytes.text): "
                    + (reason ?? "it has \(limits.filters) filters already, which is the most allowed") + ".")
        }
        for filter in result.added where !device.mayReceive(filter) {
            log.warn(
                "Device \(device.thingName) subscribed to \(filter.bytes.text), but no subscription of the group with "
                    + "this device as its target has a matching subject: nothing will arrive. Add one and deploy.")
        }
    }
}
