import Bytes
import Log
import MQTT
import TLS

extension LocalBroker {
    /// Tidies up after a closed connection, tells why it ended, and publishes its will.
    func ended(_ connection: BrokerConnection, _ reason: CloseReason, _ will: Will?) {
        if connections[connection.descriptor] === connection { connections[connection.descriptor] = nil }
        if let device = connection.device {
            if device.connection === connection { device.connection = nil }
            tell("Device \(device.thingName) at \(connection.peer) disconnected: \(reason.description).", reason)
            if let will { publish(will, of: device) }
        } else {
            count(reason)
            let who = connection.session.provenName.map { "device \($0.text) at " } ?? "a connection from "
            // Whoever crowds is told of elsewhere, seldom.
            if reason != .lost, reason != .crowdedOut {
                tell("Refused \(who)\(connection.peer): \(reason.description).", reason)
            }
            pendingEnded()
        }
    }

    private func tell(_ line: String, _ reason: CloseReason) {
        if reason.isRemarkable { log.warn(line) } else { log.info(line) }
    }

    private func count(_ reason: CloseReason) {
        switch reason {
        case .handshake(.unknownCertificate):
            counters.unknownCertificates += 1
            counters.handshakesFailed += 1
        case .handshake, .handshakeTimeout: counters.handshakesFailed += 1
        default: break
        }
    }

    /// A will is a message of the device like any other: the table decides where it goes.
    private func publish(_ will: Will, of device: DeviceTarget) {
        let rules = TopicRules(limits)
        if let breach = rules.breach(will.topic.bytes.span) {
            counters.droppedByTopic += 1
            log.warn(
                "Discarding the will of device \(device.thingName) on topic \(will.topic.bytes.text): "
                    + rules.describe(breach) + ".")
            return
        }
        counters.received += 1
        router.publish(topic: will.topic.bytes, payload: will.payload, from: device.source)
    }
}
