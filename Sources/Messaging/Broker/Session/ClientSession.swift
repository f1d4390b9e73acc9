import Bytes
import MQTT

/// What the server remembers of one client, by its client ID, while it is connected and, where it asked for that with
/// clean session 0, after that (MQTT 3.1.1 section 3.1.2.4).
final class ClientSession {
    let clientID: [UInt8]
    let rules: BrokerRules
    /// Whether it outlives its connection.
    let isPersistent: Bool
    /// Where its filters are in the index: those of all sessions together, or of this one alone.
    let root: UInt32
    /// The connection that it has now.
    var connection: BrokerConnection?
    /// When it lost its last one, in nanoseconds of the monotonic clock.
    var awaySince: Int64 = 0

    /// The chain of its filters in the index.
    var firstSubscription = SubscriptionIndex.none
    var filterCount: Int32 = 0
    /// Where the resolution `matchStamp` has put it.
    var matchIndex: Int32 = 0
    var matchStamp: UInt64 = 0

    /// Identifiers of QoS 2 messages that were routed and not released: a repetition of them is not a new message.
    var unreleased: Set<UInt16> = []
    /// What has to be settled before one of them may be acknowledged.
    var unsettled = Ticket.none
    /// nil while nothing was sent to it with QoS 1 or 2.
    private(set) var outbound: OutboundWindow?

    init(clientID: [UInt8], isPersistent: Bool, root: UInt32, rules: BrokerRules) {
        self.clientID = clientID
        self.isPersistent = isPersistent
        self.root = root
        self.rules = rules
    }

    /// Takes a message with QoS 1 or 2, to be sent as soon as the client has room for it.
    /// - Returns: whether there was room.
    func enqueue(_ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, retain: Bool) throws(MQTTError) -> Bool {
        let window = outbound ?? OutboundWindow(rules: rules)
        outbound = window
        let length = Publish.packetLength(topic: topic.count, payload: payload.count, qos: qos)
        guard window.hasRoom(length) else { return false }
        try window.append(topic, payload, qos, retain: retain)
        return true
    }

    /// Sends what the client has room for.
    func pump(_ output: inout ByteBuffer) {
        outbound?.pump(&output)
    }

    /// Sends again what an earlier connection has sent and nobody acknowledged, and then what has come since.
    func resume(_ output: inout ByteBuffer) {
        outbound?.rewind()
        outbound?.pump(&output)
    }

    func acknowledged(_ identifier: PacketIdentifier, _ output: inout ByteBuffer) {
        outbound?.acknowledged(identifier)
        outbound?.pump(&output)
    }

    func received(_ identifier: PacketIdentifier, _ output: inout ByteBuffer) {
        if let outbound {
            outbound.received(identifier, &output)
        } else {
            Acknowledgement.write(.pubrel, identifier, to: &output)
        }
    }

    func completed(_ identifier: PacketIdentifier, _ output: inout ByteBuffer) {
        outbound?.completed(identifier)
        outbound?.pump(&output)
    }

    func isUnreleased(_ identifier: UInt16) -> Bool { unreleased.contains(identifier) }

    /// PUBREL: the identifier is free again.
    func release(_ identifier: UInt16) {
        unreleased.remove(identifier)
        if unreleased.isEmpty { unreleased = [] }
    }

    /// Gives everything up.
    func discard(_ index: SubscriptionIndex) {
        index.removeAll(of: self)
        outbound?.discard()
        outbound = nil
        unreleased = []
    }
}
