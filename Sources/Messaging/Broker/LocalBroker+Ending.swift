import Bytes
import Linux
import Log
import MQTT
import TLS

extension LocalBroker {
    /// Tidies up after a closed connection, tells why it ended, and publishes its will.
    func ended(_ connection: BrokerConnection, _ reason: CloseReason, _ client: ClientSession?, _ will: Will?) {
        let descriptor = Int(connection.descriptor)
        if connectionTable[descriptor] === connection { connectionTable[descriptor] = nil }
        if let client {
            if reason.isRemarkable {
                log.warn("\(name(client)) at \(connection.peer) disconnected: \(reason.description).")
            } else {
                log.info("\(name(client)) at \(connection.peer) disconnected: \(reason.description).")
            }
            if client.connection === connection { leave(client, now: Clock.monotonic()) }
            if let will { publish(will, of: client, connection.device) }
        } else {
            count(reason)
            // Whoever crowds is told of elsewhere, seldom.
            if reason != .lost, reason != .crowdedOut {
                let who = connection.session.provenName.map { "device \($0.text) at " } ?? "a connection from "
                let line = "Refused \(who)\(connection.peer): \(reason.description)."
                if reason.isRemarkable { log.warn(line) } else { log.info(line) }
            }
            pendingEnded()
        }
    }

    func name(_ client: ClientSession) -> String {
        (router == nil ? "Client " : "Device ") + client.clientID.text
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

    /// A will is a message of the client like any other: in a group, the table decides where it goes.
    private func publish(_ will: Will, of client: ClientSession, _ device: DeviceTarget?) {
        if let breach = rules.topicRules.breach(will.topic.bytes.span) {
            counters.droppedByTopic += 1
            log.warn(
                "Discarding the will of \(client.clientID.text) on topic \(will.topic.bytes.text): "
                    + rules.topicRules.describe(breach) + ".")
            return
        }
        _ = publish(will.topic.bytes.span, will.payload.span, will.qos, retain: will.retain, from: device)
    }
}
