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

    private let limits: BrokerLimits
    private var topics: [[UInt8]: [Retained]] = [:]
    private(set) var count = 0
    /// Of topics and payloads.
    private(set) var bytes = 0

    init(limits: BrokerLimits) {
        self.limits = limits
    }

    /// Keeps a message in the place of the one before it; an empty payload only removes that ([MQTT-3.3.1-10]).
    /// - Returns: whether it is kept, or was not to be.
    func keep(_ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, from source: MessageSource?) -> Bool {
        let key = topic.withUnsafeBufferPointer { [UInt8]($0) }
        var all = topics[key] ?? []
        if let index = all.firstIndex(where: { $0.source?.endpoint == source?.endpoint }) {
            count -= 1
            bytes -= key.count + all[index].payload.count
            all.remove(at: index)
        }
        let size = key.count + payload.count
        let isWanted = payload.count > 0
        let fits = count < limits.retainedMessages && bytes + size <= limits.retainedBytes
        if isWanted, fits {
            let copy = payload.withUnsafeBufferPointer { [UInt8]($0) }
            all.append(Retained(source: source, payload: copy, qos: qos))
            count += 1
            bytes += size
        }
        topics[key] = all.isEmpty ? nil : all
        return fits || !isWanted
    }

    /// Calls `body` for each message whose topic a filter matches.
    func each(_ filter: TopicFilter, _ body: (_ topic: [UInt8], _ message: Retained) -> Void) {
        if !filter.hasWildcard {
            for message in topics[filter.bytes] ?? [] { body(filter.bytes, message) }
            return
        }
        for (topic, messages) in topics where filter.matches(topic.span) {
            for message in messages { body(topic, message) }
        }
    }
}
