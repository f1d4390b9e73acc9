import Group
import MQTT

/// The last message of each topic that was sent to be kept for later subscribers (MQTT 3.1.1 section 3.3.1.3).
///
/// In a group, a topic has one for each device that sent one: whether a later subscriber may have it is for the
/// subscription table, which asks for the source.
final class RetainedMessages {
    struct Retained {
        /// nil on a plain listener.
        let source: MessageSource?
        let payload: [UInt8]
        let qos: QoS
    }

    /// How much is kept; bytes are those of topics and payloads.
    struct Amount {
        var count = 0
        var bytes = 0

        mutating func add(_ size: Int) {
            count += 1
            bytes += size
        }

        mutating func remove(_ size: Int) {
            count -= 1
            bytes -= size
        }
    }

    /// In a group nobody has more than this part of the places, so that one device leaves some to the others.
    private static let shares = 4

    private let limits: BrokerLimits
    private var topics: [[UInt8]: [Retained]] = [:]
    private var all = Amount()
    private var ofSource: [Endpoint: Amount] = [:]

    var count: Int { all.count }

    init(limits: BrokerLimits) {
        self.limits = limits
    }

    /// Keeps a message in the place of the one before it; an empty payload only removes that ([MQTT-3.3.1-10]).
    /// - Returns: whether it is kept, or was not to be.
    func keep(_ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, from source: MessageSource?) -> Bool {
        let key = topic.withUnsafeBufferPointer { [UInt8]($0) }
        var known = topics[key] ?? []
        var own = source.map { ofSource[$0.endpoint] ?? Amount() } ?? Amount()
        if let index = known.firstIndex(where: { $0.source?.endpoint == source?.endpoint }) {
            let size = key.count + known[index].payload.count
            all.remove(size)
            own.remove(size)
            known.remove(at: index)
        }
        let size = key.count + payload.count
        let isWanted = payload.count > 0
        let fits = hasRoom(all, size, 1) && (source == nil || hasRoom(own, size, Self.shares))
        if isWanted, fits {
            let copy = payload.withUnsafeBufferPointer { [UInt8]($0) }
            known.append(Retained(source: source, payload: copy, qos: qos))
            all.add(size)
            own.add(size)
        }
        topics[key] = known.isEmpty ? nil : known
        if let source { ofSource[source.endpoint] = own.count == 0 ? nil : own }
        return fits || !isWanted
    }

    private func hasRoom(_ amount: Amount, _ size: Int, _ shares: Int) -> Bool {
        amount.count < limits.retainedMessages / shares && amount.bytes + size <= limits.retainedBytes / shares
    }

    /// Calls `body` for each message that the filters of a SUBSCRIBE match, once, with the highest QoS of those that do.
    ///
    /// The filters make an index that each topic is looked up in, for a packet may have thousands of them.
    func each(
        _ requests: [Subscribe.Request], _ rules: BrokerRules,
        _ body: (_ topic: [UInt8], _ message: Retained, _ qos: QoS) -> Void
    ) {
        if requests.count == 1 {
            return each(requests[0].filter) { topic, message in body(topic, message, requests[0].qos) }
        }
        let index = SubscriptionIndex()
        let wanted = ClientSession(clientID: [], isPersistent: false, root: index.makeRoot(), rules: rules)
        var hasWildcard = false
        for request in requests {
            if request.filter.hasWildcard { hasWildcard = true }
            index.add(request.filter, request.qos, wanted)
        }
        if hasWildcard {
            for (topic, messages) in topics {
                guard let qos = index.qos(wanted, topic.span) else { continue }
                for message in messages { body(topic, message, qos) }
            }
        } else {
            for request in requests where index.has(request.filter, wanted) {
                // What is named twice is there once, with the QoS of the last.
                guard let qos = index.qos(wanted, request.filter.bytes.span) else { continue }
                index.remove(request.filter, wanted)
                for message in topics[request.filter.bytes] ?? [] { body(request.filter.bytes, message, qos) }
            }
        }
    }

    /// Calls `body` for each message whose topic a filter matches.
    private func each(_ filter: TopicFilter, _ body: (_ topic: [UInt8], _ message: Retained) -> Void) {
        if !filter.hasWildcard {
            for message in topics[filter.bytes] ?? [] { body(filter.bytes, message) }
            return
        }
        for (topic, messages) in topics where filter.matches(topic.span) {
            for message in messages { body(topic, message) }
        }
    }
}
