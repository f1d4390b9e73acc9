import Linux
import Log

/// What the broker does when as many connections as it takes have not sent CONNECT yet: one host that opens connections
/// and stays silent must not keep the devices of all others out.
extension LocalBroker {
    /// How soon to look again whether one may go, in nanoseconds.
    private static let lookAgain: Int64 = 250_000_000
    /// Where no network stands out, a connection is left alone so many times longer.
    private static let longerPatience: Int64 = 5

    /// The pending connection that has to make room for another one; nil where there is none.
    ///
    /// Of a network that holds a good part of the places it is the youngest that had its time: where it has many honest
    /// devices, the others get to their end. Where the places are held from everywhere, it is the oldest.
    func crowdingConnection() -> BrokerConnection? {
        let silent = connections.filter { $0.session.client == nil }
        let networks = silent.map { Self.network(of: $0.host) }
        var counts: [String: Int] = [:]
        for network in networks { counts[network, default: 0] += 1 }
        let most = counts.values.max() ?? 0
        let isCrowd = most >= max(2, limits.pendingConnections / 4)
        let latest = Clock.monotonic() - limits.pendingPatience * (isCrowd ? 1 : Self.longerPatience)
        var chosen: BrokerConnection?
        for (connection, network) in zip(silent, networks) {
            guard !connection.waitsForUs, connection.acceptedAt <= latest, !isCrowd || counts[network] == most
            else { continue }
            if let chosen, (chosen.acceptedAt >= connection.acceptedAt) == isCrowd { continue }
            chosen = connection
        }
        return chosen
    }

    /// What one machine can have many addresses of: an IPv6 network of 64 bits (RFC 4291 section 2.5.4), but for those of
    /// the link (fe80::/10), where each neighbour has its own; an IPv4 address.
    ///
    /// - Parameter host: as inet_ntop(3) writes it.
    static func network(of host: String) -> String {
        guard host.utf8.contains(UInt8(ascii: ":")), !host.hasPrefix("fe80:") else { return host }
        let groups = host.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = groups.firstIndex(of: "") else { return groups.prefix(4).joined(separator: ":") }
        let before = groups[..<gap].filter { !$0.isEmpty }
        let after = groups[gap...].filter { !$0.isEmpty }
        let zeros = [Substring](repeating: "0", count: max(0, 8 - before.count - after.count))
        return (before + zeros + after).prefix(4).joined(separator: ":")
    }

    /// Ends it.
    func crowdOut(_ connection: BrokerConnection) {
        counters.crowdedOut += 1
        let count = counters.crowdedOut
        // Whoever crowds is not to fill the log as well.
        if told.crowding.isTold() {
            log.warn(
                "Many connections have not said who they are and keep others out, the last one from \(connection.host); "
                    + "\(count) were ended for that so far.")
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
