import Linux
import Log

/// What the broker does when as many connections as it takes have not sent CONNECT yet: one host that opens connections
/// and stays silent must not keep the devices of all others out.
extension LocalBroker {
    /// How soon to look again whether one may go, in nanoseconds.
    private static let lookAgain: Int64 = 250_000_000

    /// The pending connection that has to make room for another one, of a host that holds a good part of the places; nil
    /// where there is none.
    ///
    /// It is the youngest that had its time: where a host has many honest devices behind it, the others get to their end.
    func crowdingConnection() -> BrokerConnection? {
        var counts: [String: Int] = [:]
        for connection in connections where connection.session.client == nil {
            counts[connection.host, default: 0] += 1
        }
        let most = counts.values.max() ?? 0
        guard most >= max(2, limits.pendingConnections / 4) else { return nil }
        let now = Clock.monotonic()
        var youngest: BrokerConnection?
        for connection in connections {
            guard connection.session.client == nil, counts[connection.host] == most, !connection.waitsForUs,
                now - connection.acceptedAt >= limits.pendingPatience
            else { continue }
            if let youngest, youngest.acceptedAt >= connection.acceptedAt { continue }
            youngest = connection
        }
        return youngest
    }

    /// Ends it.
    func crowdOut(_ connection: BrokerConnection) {
        counters.crowdedOut += 1
        let count = counters.crowdedOut
        // At 1, 2, 4, 8 …: whoever crowds is not to fill the log as well.
        if count & (count - 1) == 0 {
            log.warn(
                "Many connections from \(connection.host) have not said who they are and keep others out; \(count) were "
                    + "ended for that so far.")
        }
        connection.close(.crowdedOut)
    }

    /// Looks again soon whether one of the pending connections may go.
    func lookForRoomLater() {
        if isLookingForRoom { return }
        isLookingForRoom = true
        reactor.schedule(afterNanoseconds: Self.lookAgain) { [self] in
            isLookingForRoom = false
            guard isPaused else { return }
            if crowdingConnection() == nil { lookForRoomLater() } else { listenAgain() }
        }
    }
}
