import JSON
import Linux
import Messaging

/// The way to the cloud: the link and the queue before it.
extension StatusReport {
    /// `state`, `endpoint`, `connections[]` with `clientId`, `state`, `sinceSeconds`, `subscriptions`; `lastError`,
    /// `inFlight`, `reconnects` and the link's counters. Null where the core has no cloud.
    static func cloud(_ core: CoreProcess) -> JSON {
        guard let link = core.cloud else { return nil }
        let status = link.status
        var inFlight: Int64 = 0
        var reconnects: UInt64 = 0
        var lastError = ""
        for connection in status.connections {
            inFlight += Int64(connection.inFlight)
            reconnects += connection.reconnects
            if connection.state != .connected, !connection.lastError.isEmpty { lastError = connection.lastError }
        }
        return [
            "state": .string(status.isConnected ? "connected" : "disconnected"),
            "endpoint": .string("\(status.host):\(status.port)"),
            "connections": .array(status.connections.map { connection($0) }),
            "lastError": text(lastError.isEmpty ? nil : lastError),
            "inFlight": .integer(inFlight),
            "reconnects": .integer(Int64(clamping: reconnects)),
            "sent": .integer(Int64(clamping: status.counters.sent)),
            "confirmed": .integer(Int64(clamping: status.counters.confirmed)),
            "received": .integer(Int64(clamping: status.counters.received)),
            "rejected": .integer(Int64(clamping: status.counters.rejected)),
            "setAside": .integer(Int64(clamping: status.counters.setAside)),
            "timeouts": .integer(Int64(clamping: status.counters.timeouts)),
        ]
    }

    private static func connection(_ connection: CloudLinkStatus.Connection) -> JSON {
        [
            "clientId": .string(connection.clientID),
            "state": .string(name(connection.state)),
            "sinceSeconds": .integer((Clock.monotonic() - connection.since) / 1_000_000_000),
            "peer": text(connection.peer.isEmpty ? nil : connection.peer),
            "subscriptions": .integer(Int64(connection.subscriptions)),
            "refusedSubscriptions": .integer(Int64(connection.refusedSubscriptions)),
            "inFlight": .integer(Int64(connection.inFlight)),
            "window": .integer(Int64(connection.window)),
            "roundTripMicroseconds": .integer(connection.roundTrip / 1000),
            "reconnects": .integer(Int64(clamping: connection.reconnects)),
            "lastError": text(connection.lastError.isEmpty ? nil : connection.lastError),
            "isFought": .boolean(connection.isFought),
        ]
    }

    private static func name(_ state: CloudLinkStatus.Connection.State) -> String {
        switch state {
        case .connecting: "connecting"
        case .connected: "connected"
        case .waiting: "waiting"
        case .stopped: "stopped"
        }
    }

    /// `storage`, `messages`, `bytes`, `maxBytes`, `dropped` with its reasons, what the disk did, and the same of what
    /// came from the cloud in `inbound`. Null where there is none.
    static func queue(_ core: CoreProcess) -> JSON {
        guard let spool = core.spool else { return nil }
        let status = spool.status()
        let outbound = status.outbound
        let dropped = outbound.displaced + outbound.refused + outbound.rejected + outbound.lost
        return [
            "storage": .string(status.file == nil ? "Memory" : "FileSystem"),
            "file": text(status.file),
            "problem": text(status.problem),
            "messages": .integer(outbound.waiting),
            "bytes": .integer(outbound.waitingBytes),
            "maxBytes": .integer(status.maximumBytes),
            "underWay": .integer(outbound.underWay),
            "accepted": .integer(Int64(clamping: outbound.accepted)),
            "finished": .integer(Int64(clamping: outbound.finished)),
            "dropped": .integer(Int64(clamping: dropped)),
            "displaced": .integer(Int64(clamping: outbound.displaced)),
            "refused": .integer(Int64(clamping: outbound.refused)),
            "rejected": .integer(Int64(clamping: outbound.rejected)),
            "lost": .integer(Int64(clamping: outbound.lost)),
            "transactions": .integer(Int64(clamping: status.transactions)),
            "written": .integer(Int64(clamping: status.written)),
            "inboundMessages": .integer(status.inbound.waiting),
        ]
    }

    private static func text(_ text: String?) -> JSON {
        guard let text else { return .null }
        return .string(text)
    }
}
