import MQTT

/// A PUBLISH that a session has read and checked: where its parts are in the bytes that were given to `next`.
struct InboundPublish: Equatable {
    /// The packet, from its first byte to the one after its last.
    var start = 0
    var end = 0
    var topicStart = 0
    var topicEnd = 0
    var payloadStart = 0
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
