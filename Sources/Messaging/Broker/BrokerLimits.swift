/// What the local broker allows. Times are nanoseconds, sizes bytes.
public struct BrokerLimits: Sendable {
    /// The largest payload of a message (MSG-15; guide: iot-analytics-connector.md).
    public var payload = 131_072
    /// The longest topic or topic filter (MSG-15).
    public var topic = 256
    /// The most slashes in a topic or topic filter (MSG-15).
    public var topicSlashes = 7
    /// The most topic filters of one connection. V1's own limit is not documented; a bound there must be.
    public var filters = 1_000
    /// The most QoS 2 messages of one connection between PUBLISH and PUBREL.
    public var unreleased = 1_000
    /// From accepting a connection to the end of its TLS handshake.
    public var handshakeTime: Int64 = 20_000_000_000
    /// What one turn spends on handshakes before messages come first again.
    public var handshakeShare: Int64 = 20_000_000
    /// From the end of the handshake to a complete CONNECT (MQTT 3.1.1 section 3.1: "a reasonable amount of time").
    public var connectTime: Int64 = 10_000_000_000
    /// The most connections that have not sent CONNECT yet; more wait in the kernel's queue. So many handshakes fit
    /// into `handshakeTime` on an ARMv6 board with RSA keys.
    public var pendingConnections = 32
    /// How long a pending connection is left alone when others need its place and its host has many: a handshake in a
    /// local network takes less, but for the time it waits for us.
    public var pendingPatience: Int64 = 1_000_000_000
    /// What may wait for one slow device; further messages for it are dropped and counted (MSG-06).
    public var outputQueue = 1_048_576
    /// What may wait for all slow devices together: a small router has 32 MB of memory for everything.
    public var outputQueues = 8_388_608

    public init() {}

    /// The largest remaining length that is read: the largest payload with the longest topic that MQTT knows, so that
    /// a topic which is too long is still told from a message which is too large. A CONNECT has less.
    var remainingLength: Int { payload + 65_535 + 4 }
}
