import MQTT

/// A PUBLISH that a session has read and checked: where its parts are in the bytes that were given to `next`.
///
/// Every idle connection has one: the places are half as wide as `Int`, and no packet is longer than they reach.
struct InboundPublish: Equatable {
    /// The packet, from its first byte to the one after its last.
    @Narrow var start: Int
    @Narrow var end: Int
    @Narrow var topicStart: Int
    @Narrow var topicEnd: Int
    @Narrow var payloadStart: Int
    var qos = QoS.atMostOnce
    var retain = false
    /// Whether its topic is that of the message before it.
    var repeatsTopic = false
    /// Of no meaning with QoS 0.
    var identifier: UInt16 = 0

    var payloadCount: Int { end - payloadStart }

    /// Whether the packet, sent on with QoS 0, is the same bytes: nothing to clear in its header, and the remaining
    /// length, whose longer forms the standard does not forbid, in its shortest one.
    var isForwardable: Bool {
        guard qos == .atMostOnce, !retain else { return false }
        return end - start == Publish.packetLength(topic: topicEnd - topicStart, payload: payloadCount)
    }
}

/// A count of bytes in four of them.
@propertyWrapper
struct Narrow: Equatable {
    private var stored: UInt32 = 0

    var wrappedValue: Int {
        get { Int(stored) }
        set { stored = UInt32(newValue) }
    }
}
