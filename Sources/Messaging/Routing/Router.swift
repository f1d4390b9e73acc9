import Bytes
import Group
import Log

/// What became of a published message.
public struct PublishOutcome: Equatable, Sendable {
    /// Whether the table has a row for it.
    public internal(set) var isRouted = false
    /// Whether some target had no room for it.
    public internal(set) var isDropped = false
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

    public init(table: SubscriptionTable, ledger: AcceptanceLedger = AcceptanceLedger(), log: Logger) {
        self.table = table
        self.ledger = ledger
        self.log = log
        targets = [(any MessageTarget)?](repeating: nil, count: table.targetCount)
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
        MessageSource(endpoint: endpoint, handle: table.source(endpoint))
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
        var outcome = PublishOutcome()
        if let handle = message.source.handle {
            let found = table.match(handle, message.topic)
            for index in 0..<found.count { hand(message, to: table.target(found, at: index), &outcome) }
            table.release(found)
        }
        if !outcome.isRouted {
            counters.withoutRoute += 1
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

    private func hand(_ message: borrowing MessageView, to target: TargetID, _ outcome: inout PublishOutcome) {
        outcome.isRouted = true
        guard let receiver = targets[Int(target.number)] else {
            counters.withoutTarget += 1
            log.debug(
                "Nobody receives for \(table.endpoint(target).description). Discarding message. Source: "
                    + "\(message.source.endpoint.description), topic: "
                    + message.topic.withUnsafeBufferPointer { [UInt8]($0) }.text)
            return
        }
        counters.routed += 1
        switch receiver.deliver(message) {
        case .taken: break
        case .dropped: outcome.isDropped = true
        case .storing(let ticket): outcome.ticket = max(outcome.ticket, ticket)
        }
    }
}
