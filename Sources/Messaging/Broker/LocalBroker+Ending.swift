import Bytes
import Linux
import Log
import MQTT
import TLS

extension LocalBroker {
    /// Tidies up after a closed connection, tells why it ended, and publishes its will.
    func ended(_ connection: BrokerConnection, _ reason: CloseReason, _ client: ClientSession?, _ will: Will?) {
        coolLater()
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
                tell("Refused \(who)\(connection.peer): \(reason.description).", of: connection, reason)
            }
            pendingEnded()
        }
    }

    /// A device that is known by its certificate is told of each time; of strangers a share, for anybody on the network
    /// can be refused as often as he likes.
    private func tell(_ line: String, of connection: BrokerConnection, _ reason: CloseReason) {
        guard reason.isRemarkable else { return log.info(line) }
        guard connection.session.provenName == nil else { return log.warn(line) }
        guard let untold = told.refusals.take(now: Clock.monotonic()) else { return }
        log.warn(untold == 0 ? line : line + " \(untold) others were refused since such a line was last written.")
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

    /// Tells of a message whose topic no client may use.
    func tellBreach(
        _ what: @autoclosure () -> String, _ topic: [UInt8], _ breach: TopicRules.Breach, _ device: DeviceTarget?
    ) {
        // A device's own count stays with it over its connections; without a group there is one for all.
        guard device?.told.topics.isTold() ?? told.topics.isTold() else { return }
        log.warn(
            "Discarding \(what()) on topic \(topic.text): " + rules.topicRules.describe(breach) + "."
                + (device?.told.topics ?? told.topics).note)
    }

    /// A will is a message of the client like any other: in a group, the table decides where it goes.
    private func publish(_ will: Will, of client: ClientSession, _ device: DeviceTarget?) {
        if let breach = rules.topicRules.breach(will.topic.bytes.span) {
            counters.droppedByTopic += 1
            tellBreach("the will of \(client.clientID.text)", will.topic.bytes, breach, device)
            return
        }
        _ = publish(will.topic.bytes.span, will.payload.span, will.qos, retain: will.retain, from: device)
    }
}
