import Bytes
import Group
import Log

/// What became of a published message.
public struct PublishOutcome: Equatable, Sendable {
    /// Whether the table has a row for it.
    public internal(set) var isRouted = false
    /// Whether some target had no room for it.
    public internal(set) var isDropped = false
    /// Whether some target that has to keep it safe could not: the sender must not be told that it was accepted.
    public internal(set) var isRefused = false
    /// The sender may be told that the message is accepted when this is settled.
    public internal(set) var ticket = Ticket.none
}

/// Takes each message from its source to the targets that the group's subscription table allows, and to no other
/// (MSG-02).
public final class Router {
    private let table: SubscriptionTable
    /// By the number of the target's handle.
    private var targets: [(any MessageTarget)?]
    private let log: Logger
    /// Settles what targets store.
    public let ledger: AcceptanceLedger

    public private(set) var counters = RouterCounters()
    /// By the number of the row, without what it carried.
    private var rows: [RowCounters]
    /// What each row carried: by itself, for it is written with each message, and a line of the cache has eight of them.
    private var carried: [UInt64]
    /// The last messages that no row matched.
    public private(set) var unrouted = UnroutedTopics()
    private var sources: [Endpoint: MessageSource] = [:]
    /// A group has fewer ends. Where anybody may connect under any name, further ones are not kept.
    private static let mostSources = 4096

    public init(table: SubscriptionTable, ledger: AcceptanceLedger = AcceptanceLedger(), log: Logger) {
        self.table = table
        self.ledger = ledger
        self.log = log
        targets = [(any MessageTarget)?](repeating: nil, count: table.targetCount)
        rows = [RowCounters](repeating: RowCounters(), count: table.rowCount)
        carried = [UInt64](repeating: 0, count: table.rowCount)
    }

    /// Gives messages for an end to `target` from now on. An end that no row has as its target never gets any.
    public func register(_ target: any MessageTarget, for endpoint: Endpoint) {
        guard let id = table.target(endpoint) else { return }
        targets[Int(id.number)] = target
    }

    /// Gives messages for an end to nobody from now on.
    public func unregister(_ endpoint: Endpoint) {
        guard let id = table.target(endpoint) else { return }
        targets[Int(id.number)] = nil
    }

    /// What an end publishes with; looked up once a connection or worker.
    public func source(_ endpoint: Endpoint) -> MessageSource {
        if let known = sources[endpoint] { return known }
        let source = MessageSource(endpoint: endpoint, handle: table.source(endpoint))
        if sources.count < Self.mostSources { sources[endpoint] = source }
        return source
    }

    /// The ends that were looked up so far, with what they have published; in no stated order.
    public var knownSources: [MessageSource] { Array(sources.values) }

    /// What the row of one of the subscriptions has carried, by its place among those that the table was made of.
    public func counters(ofSubscription index: Int) -> RowCounters {
        let row = Int(table.rows[index])
        var counters = rows[row]
        counters.carried = carried[row]
        return counters
    }

    /// Whether somebody receives for an end.
    public func hasReceiver(_ endpoint: Endpoint) -> Bool {
        guard let id = table.target(endpoint) else { return false }
        return targets[Int(id.number)] != nil
    }

    /// Routes a message whose source is looked up for it.
    @discardableResult
    public func publish(_ message: Message) -> PublishOutcome {
        publish(topic: message.topic, payload: message.payload, from: source(message.source))
    }

    /// Routes a message that somebody keeps.
    @discardableResult
    public func publish(topic: [UInt8], payload: [UInt8], from source: MessageSource) -> PublishOutcome {
        publish(MessageView(topic: topic.span, payload: payload.span, source: source))
    }

    /// Routes a message of a known source. Without a row for it, it is discarded with V1's line in the log (MSG-03).
    @discardableResult
    public func publish(_ message: borrowing MessageView) -> PublishOutcome {
        counters.published += 1
        message.source.published += 1
        var outcome = PublishOutcome()
        if let handle = message.source.handle {
            let found = table.match(handle, message.topic)
            let numbered = MessageView(message, topicNumber: found.topicNumber)
            for index in 0..<found.count { hand(numbered, row: table.row(found, at: index), &outcome) }
            for index in 0..<found.covered { rows[table.row(found, at: found.count + index)].covered += 1 }
            table.release(found)
        }
        if !outcome.isRouted {
            counters.withoutRoute += 1
            message.source.withoutRoute += 1
            unrouted.add(message.topic, message.source)
            log.debug(
                "Failed to get routes. Discarding message. Source: \(message.source.endpoint.description), topic: "
                    + message.topic.withUnsafeBufferPointer { [UInt8]($0) }.text)
        }
        return outcome
    }

    /// Whether some target of this message has no room for it (row B-13).
    public func isFull(topic: Span<UInt8>, payloadBytes: Int, from source: MessageSource) -> Bool {
        guard let handle = source.handle else { return false }
        let found = table.match(handle, topic)
        defer { table.release(found) }
        for index in 0..<found.count {
            let target = targets[Int(table.target(found, at: index).number)]
            if target?.isFull(forPayload: payloadBytes) == true { return true }
        }
        return false
    }

    /// Whether a row lets a topic pass from a source to a target: for a message that was kept, when the target asks for it.
    public func grants(_ topic: Span<UInt8>, from source: MessageSource, to target: Endpoint) -> Bool {
        guard let handle = source.handle, let id = table.target(target) else { return false }
        let found = table.match(handle, topic)
        defer { table.release(found) }
        for index in 0..<found.count where table.target(found, at: index) == id { return true }
        return false
    }

    private func hand(_ message: borrowing MessageView, row: Int, _ outcome: inout PublishOutcome) {
        outcome.isRouted = true
        let target = table.target(ofRow: row)
        guard let receiver = targets[Int(target.number)] else {
            counters.withoutTarget += 1
            rows[row].withoutReceiver += 1
            log.debug(
                "Nobody receives for \(table.endpoint(target).description). Discarding message. Source: "
                    + "\(message.source.endpoint.description), topic: "
                    + message.topic.withUnsafeBufferPointer { [UInt8]($0) }.text)
            return
        }
        counters.routed += 1
        switch receiver.deliver(message) {
        case .taken: carried[row] += 1
        case .dropped:
            rows[row].withoutRoom += 1
            outcome.isDropped = true
        case .refused:
            rows[row].withoutRoom += 1
            outcome.isDropped = true
            outcome.isRefused = true
        case .absent: rows[row].absent += 1
        case .unwanted: rows[row].unwanted += 1
        case .storing(let ticket):
            carried[row] += 1
            outcome.ticket = max(outcome.ticket, ticket)
        }
    }
}
