/// What the local broker has done since it was made.
public struct BrokerCounters: Equatable, Sendable {
    /// Connections accepted by the listener.
    public internal(set) var accepted: UInt64 = 0
    /// Connections whose TLS handshake failed, those of unknown certificates among them.
    public internal(set) var handshakesFailed: UInt64 = 0
    /// Connections refused in the handshake because no device of the group has their certificate.
    public internal(set) var unknownCertificates: UInt64 = 0
    /// Connections ended because their host held too many places without saying who they are.
    public internal(set) var crowdedOut: UInt64 = 0
    /// Clients that got CONNACK 0.
    public internal(set) var connected: UInt64 = 0
    /// Connections replaced by a newer one with the same client ID.
    public internal(set) var takenOver: UInt64 = 0
    /// Messages that clients published, wills included.
    public internal(set) var received: UInt64 = 0
    /// Messages written to a client's output with QoS 0, or taken for it with QoS 1 or 2.
    public internal(set) var delivered: UInt64 = 0

    /// Messages of devices discarded because of their topic (MSG-15).
    public internal(set) var droppedByTopic: UInt64 = 0
    /// QoS 0 messages for a client that is not connected.
    public internal(set) var droppedWhileDisconnected: UInt64 = 0
    /// Messages for a device that has not subscribed to their topic.
    public internal(set) var droppedUnsubscribed: UInt64 = 0
    /// Messages on a plain listener that nobody has subscribed to.
    public internal(set) var droppedWithoutSubscriber: UInt64 = 0
    /// QoS 0 messages for a client whose output was full.
    public internal(set) var droppedByFullQueue: UInt64 = 0
    /// QoS 1 and 2 messages for a session whose queue was full.
    public internal(set) var droppedByFullSession: UInt64 = 0
    /// Sessions of clients that were away, given up because there were too many.
    public internal(set) var sessionsGivenUp: UInt64 = 0
    /// Messages that were to be retained and had no room.
    public internal(set) var retainedRefused: UInt64 = 0
    /// How often a publisher was not read for a while because a client that it feeds had too much waiting.
    public internal(set) var held: UInt64 = 0
    /// Clients that did not read in time, and were not waited for any more.
    public internal(set) var foundSlow: UInt64 = 0

    public init() {}
}
