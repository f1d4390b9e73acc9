import Bytes
import MQTT

/// One client's connection as the MQTT 3.1.1 server sees it: bytes and the time go in, answers and events come out.
///
/// It has no socket and no clock. `next` reads packets from the input until one needs the host, and writes what the
/// standard answers to the output itself. Nothing is remembered beyond the connection: a client that asks for a
/// persistent session gets one without a present session.
struct BrokerSession {
    /// What the host has to do, or knows.
    enum Event: Equatable {
        /// Everything that is complete was read.
        case needsBytes
        /// CONNECT is good so far: answer with `admit` or `refuse`.
        case connecting(clientID: [UInt8])
        /// A message to route. Its acknowledgement is in the output already.
        case publish(topic: [UInt8], payload: [UInt8])
        /// A message that is not routed because of its topic (MSG-15).
        case discard(topic: [UInt8], TopicRules.Breach)
        /// Filters that the client did not have yet, and filters that were refused; SUBACK is in the output.
        case subscribed(added: [TopicFilter], refused: [TopicFilter])
        /// Send the output, then close. The session takes no more bytes.
        case close(CloseReason)
    }

    enum State {
        case awaitingConnect
        /// CONNECT was read, the host has not answered.
        case connecting
        case connected
        case closed
    }

    let limits: BrokerLimits
    let topicRules: TopicRules
    /// The thing name that the certificate proves, which the client ID must equal (MSG-10); nil where the connection
    /// has no certificate and the host decides on the client ID alone.
    let provenName: [UInt8]?

    var state = State.awaitingConnect
    var will: Will?
    var filters: [TopicFilter] = []
    /// QoS 2 messages that were routed and not released: a repetition of them is not a new message.
    var unreleased: Set<UInt16> = []
    /// The topic of the last message, for clients publish to the same one again and again.
    var lastTopic: [UInt8] = []
    /// Seconds.
    private(set) var keepAlive: UInt16 = 0
    /// When the last packet came, or when the connection began, in nanoseconds.
    private var lastPacket: Int64

    init(provenName: [UInt8]?, limits: BrokerLimits, now: Int64) {
        self.provenName = provenName
        self.limits = limits
        topicRules = TopicRules(limits)
        lastPacket = now
    }

    var isConnected: Bool { state == .connected }

    /// Reads on. After `connecting`, `admit` or `refuse` comes first; after `close`, nothing.
    mutating func next(_ input: inout ByteBuffer, _ output: inout ByteBuffer, now: Int64) -> Event {
        while true {
            guard state == .awaitingConnect || state == .connected else { return .needsBytes }
            if state == .awaitingConnect, !input.isEmpty, input.readable[0] >> 4 != PacketType.connect.rawValue {
                return close(.notConnectFirst)
            }
            do throws(MQTTError) {
                guard let header = try FixedHeader.read(input.bytes, limit: limits.remainingLength) else {
                    return .needsBytes
                }
                guard input.count >= header.packetLength else { return .needsBytes }
                lastPacket = now
                let event = try handle(
                    header, input.bytes.extracting(header.length..<header.packetLength), &output)
                input.consume(header.packetLength)
                if let event { return event }
            } catch {
                return close(error == .packetTooLarge ? .payloadTooLarge(limit: limits.payload) : .violation(error))
            }
        }
    }

    /// Accepts the client.
    mutating func admit(_ output: inout ByteBuffer) {
        guard state == .connecting else { return }
        Connack(.accepted).write(to: &output)
        state = .connected
    }

    /// Turns the client away; the host closes when the output is sent.
    mutating func refuse(_ code: Connack.ReturnCode, _ output: inout ByteBuffer) {
        guard state == .connecting else { return }
        Connack(code).write(to: &output)
        state = .closed
        will = nil
    }

    /// Whether the client has subscribed to a topic, by MQTT's own rule.
    func wants(_ topic: [UInt8]) -> Bool {
        guard state == .connected else { return false }
        for filter in filters where filter.matches(topic.span) { return true }
        return false
    }

    /// When to look at `expiry` next; nil without a limit.
    var deadline: Int64? {
        switch state {
        case .awaitingConnect: lastPacket + limits.connectTime
        case .connected: keepAlive == 0 ? nil : lastPacket + patience
        case .connecting, .closed: nil
        }
    }

    /// Why the connection must end now, or nil.
    func expiry(now: Int64) -> CloseReason? {
        guard let deadline, now >= deadline else { return nil }
        return state == .connected ? .keepAliveExpired(seconds: keepAlive) : .connectTimeout
    }

    /// Ends the session.
    /// - Returns: the will, where it is to be published.
    mutating func end(_ reason: CloseReason) -> Will? {
        state = .closed
        defer { will = nil }
        return reason.publishesWill ? will : nil
    }

    mutating func close(_ reason: CloseReason) -> Event {
        if state != .connected { will = nil }
        state = .closed
        return .close(reason)
    }

    mutating func setKeepAlive(_ seconds: UInt16) {
        keepAlive = seconds
    }

    /// One and a half times the keep-alive, in nanoseconds ([MQTT-3.1.2-24]).
    private var patience: Int64 { Int64(keepAlive) * 1_500_000_000 }
}
