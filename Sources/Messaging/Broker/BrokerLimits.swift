/// What the local broker allows. Times are nanoseconds, sizes bytes.
public struct BrokerLimits: Sendable {
    /// The largest payload of a message (MSG-15; guide: iot-analytics-connector.md).
    public var payload = 131_072
    /// The longest topic or topic filter (MSG-15).
    public var topic = 256
    /// The most slashes in a topic or topic filter (MSG-15).
    public var topicSlashes = 7
    /// The most topic filters of one session. V1's own limit is not documented; a bound there must be.
    public var filters = 1_000
    /// The most QoS 2 messages of one session between PUBLISH and PUBREL.
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

    /// Output of one client above which whoever feeds it is not read any more.
    public var highWater = 65_536
    /// Output below which they are read again.
    public var lowWater = 16_384
    /// How long a publisher waits for a client whose output is above `highWater`; after that the client is slow, and
    /// nobody waits for it.
    public var patience: Int64 = 50_000_000
    /// How long nobody waits again for a client that was slow.
    public var probation: Int64 = 10_000_000_000
    /// What may wait for one slow client; further messages for it are dropped and counted.
    public var outputQueue = 1_048_576
    /// What may wait for all slow clients together: a small router has 32 MB of memory for everything.
    public var outputQueues = 8_388_608

    /// QoS 1 and 2 messages that are sent to a client before it has acknowledged the first of them.
    public var window = 128
    /// QoS 1 and 2 messages that are kept for one session, those under way included.
    public var sessionMessages = 2_500
    /// Their bytes.
    public var sessionBytes = 1_048_576
    /// The bytes of all sessions together.
    public var sessionsBytes = 8_388_608
    /// Sessions that are kept while their clients are away; beyond that the one that is away longest is given up.
    public var awaySessions = 1_000
    /// Acknowledgements that wait for the core's queues, of one connection; nothing more is read from it then.
    public var unsettled = 1_000

    /// Retained messages, and their topics and payloads together. A topic has one for each of its sources.
    public var retainedMessages = 1_000
    public var retainedBytes = 1_048_576

    public init() {}

    /// Without V1's rules, for a listener of its own: bounds that only keep the memory of one machine.
    public static var plain: BrokerLimits {
        var limits = BrokerLimits()
        limits.payload = 4_194_304
        limits.topic = 65_535
        limits.topicSlashes = 199
        limits.filters = 100_000
        limits.unreleased = 65_535
        limits.pendingConnections = 16_384
        limits.patience = 5_000_000_000
        limits.probation = 5_000_000_000
        limits.outputQueue = 4_194_304
        limits.outputQueues = 134_217_728
        limits.sessionMessages = 20_000
        limits.sessionBytes = 16_777_216
        limits.sessionsBytes = 134_217_728
        limits.awaySessions = 10_000
        limits.retainedMessages = 20_000
        limits.retainedBytes = 67_108_864
        return limits
    }

    /// The largest remaining length that is read: the largest payload with the longest topic that MQTT knows, so that
    /// a topic which is too long is still told from a message which is too large. A CONNECT has less.
    var remainingLength: Int { payload + 65_535 + 4 }
}
