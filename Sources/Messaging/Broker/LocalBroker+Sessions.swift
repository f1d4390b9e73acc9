import Bytes
import Log
import MQTT

extension LocalBroker {
    /// The session for a client that has connected: the one that was kept for it, or a new one.
    ///
    /// An older connection with the same client ID has ended before.
    func openSession(_ clientID: [UInt8], isClean: Bool) -> (session: ClientSession, isPresent: Bool) {
        if let kept = sessions[clientID] {
            if !isClean {
                away -= 1
                return (kept, true)
            }
            away -= 1
            discard(kept)
        }
        let root = router == nil ? SubscriptionIndex.sharedRoot : index.makeRoot()
        let session = ClientSession(clientID: clientID, isPersistent: !isClean, root: root, rules: rules)
        sessions[clientID] = session
        device(clientID.text)?.session = session
        return (session, false)
    }

    /// The session's connection is gone.
    func leave(_ session: ClientSession, now: Int64) {
        session.connection = nil
        guard session.isPersistent else { return discard(session) }
        session.awaySince = now
        away += 1
        if away > limits.awaySessions { giveUpLongestAway() }
    }

    private func discard(_ session: ClientSession) {
        session.discard(index)
        sessions[session.clientID] = nil
        if let device = device(session.clientID.text), device.session === session { device.session = nil }
    }

    private func giveUpLongestAway() {
        var oldest: ClientSession?
        for session in sessions.values where session.connection == nil {
            if let oldest, oldest.awaySince <= session.awaySince { continue }
            oldest = session
        }
        guard let oldest else { return }
        away -= 1
        counters.sessionsGivenUp += 1
        log.warn(
            "Gave up the session of client \(oldest.clientID.text): at most \(limits.awaySessions) are kept for clients "
                + "that are away.")
        discard(oldest)
    }

    /// A client ID for a client that has none ([MQTT-3.1.3-6]).
    func inventClientID() -> [UInt8] {
        while true {
            inventedClientIDs += 1
            let clientID = [UInt8]("auto-\(inventedClientIDs)".utf8)
            if sessions[clientID] == nil { return clientID }
        }
    }
}
