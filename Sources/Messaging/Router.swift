import Bytes
import Group
import Log

/// Takes each message from its source to the targets that the group's subscription table allows, and to no other
/// (MSG-02).
public final class Router {
    private let table: SubscriptionTable
    /// By the number of the target's handle.
    private var targets: [(any MessageTarget)?]
    private let log: Logger

    public private(set) var counters = RouterCounters()

    public init(table: SubscriptionTable, log: Logger) {
        self.table = table
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
    /// - Returns: whether the table has a row for it.
    @discardableResult
    public func publish(_ message: Message) -> Bool {
        route(message, from: table.source(message.source))
    }

    /// Routes a message of a known source. Without a row for it, it is discarded with V1's line in the log (MSG-03).
    ///
    /// - Parameter topic: a valid topic name.
    /// - Returns: whether the table has a row for it.
    @discardableResult
    public func publish(topic: [UInt8], payload: [UInt8], from source: MessageSource) -> Bool {
        route(Message(topic: topic, payload: payload, source: source.endpoint), from: source.handle)
    }

    private func route(_ message: Message, from source: SourceID?) -> Bool {
        counters.published += 1
        var hasRoute = false
        if let source {
            hasRoute = table.matches(source, message.topic.span) { hand(message, to: $0) }
        }
        if !hasRoute {
            counters.withoutRoute += 1
            log.debug(
                "Failed to get routes. Discarding message. Source: \(message.source.description), topic: "
                    + message.topic.text)
        }
        return hasRoute
    }

    private func hand(_ message: Message, to target: TargetID) {
        guard let receiver = targets[Int(target.number)] else {
            counters.withoutTarget += 1
            log.debug(
                "Nobody receives for \(table.endpoint(target).description). Discarding message. Source: "
                    + "\(message.source.description), topic: \(message.topic.text)")
            return
        }
        counters.routed += 1
        receiver.deliver(message)
    }
}
