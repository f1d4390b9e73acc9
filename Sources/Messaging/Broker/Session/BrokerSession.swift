import Bytes
import MQTT

/// One client's connection as the MQTT 3.1.1 server sees it: bytes and the time go in, answers and events come out.
///
/// It has no socket and no clock. `next` reads packets from the input until one needs the host, and writes what the
/// standard answers to the output itself. What outlives a connection is in its `ClientSession`.
struct BrokerSession {
    /// What the host has to do, or knows.
    enum Event: Equatable {
        /// Everything that is complete was read.
        case needsBytes
        /// A message is next, and the session is held: it is read when that has ended.
        case held
        /// CONNECT is good so far: answer with `admit` or `refuse`.
        case connecting(Connect)
        /// A message to route: `inbound`, which is in the bytes given. Then call `acknowledge`.
        case publish
        /// A message that is not routed because of its topic (MSG-15); its acknowledgement is on its way.
        case discard(TopicRules.Breach)
        /// Answer with SUBACK.
        case subscribe(Subscribe)
        /// Answer with UNSUBACK.
        case unsubscribe(Unsubscribe)
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

    /// An answer that waits for its message to be stored. Answers leave in the order of the messages ([MQTT-4.6.0-2],
    /// [MQTT-4.6.0-3]).
    private struct PendingAcknowledgement {
        let type: PacketType
        let identifier: UInt16
        let ticket: Ticket
    }

    let rules: BrokerRules
    /// The thing name that the certificate proves, which the client ID must equal (MSG-10); nil where the connection
    /// has no certificate and the host decides on the client ID alone.
    let provenName: [UInt8]?

    var state = State.awaitingConnect
    /// From `admit` on.
    private(set) var client: ClientSession?
    var will: Will?
    /// The message of the event `publish`.
    var inbound = InboundPublish()
    /// The topic of the last message, for clients publish to the same one again and again.
    var lastTopic: [UInt8] = []
    /// What is wrong with it.
    var lastBreach: TopicRules.Breach?
    /// Whether no message is read now, because a client that it would go to has too much waiting already.
    var isHeld = false
    /// Seconds.
    private(set) var keepAlive: UInt16 = 0
    /// When the last packet came, or when the connection began, in nanoseconds.
    private var lastPacket: Int64
    private var unsettled = Ring<PendingAcknowledgement>()

    init(provenName: [UInt8]?, rules: BrokerRules, now: Int64) {
        self.provenName = provenName
        self.rules = rules
        lastPacket = now
    }

    var isConnected: Bool { state == .connected }

    /// Reads on. After `connecting`, `admit` or `refuse` comes first; after `close`, nothing.
    ///
    /// - Parameters:
    ///   - input: what the client sent.
    ///   - position: how far it was read; moved on.
    mutating func next(
        _ input: Span<UInt8>, _ position: inout Int, _ output: inout ByteBuffer, now: Int64
    ) -> Event {
        while true {
            guard state == .awaitingConnect || state == .connected, position < input.count else { return .needsBytes }
            let first = input[position]
            if state == .awaitingConnect, first >> 4 != PacketType.connect.rawValue { return close(.notConnectFirst) }
            do throws(MQTTError) {
                let rest = input.extracting(position..<input.count)
                guard let header = try FixedHeader.read(rest, limit: rules.limits.remainingLength) else {
                    return .needsBytes
                }
                guard rest.count >= header.packetLength else { return .needsBytes }
                if header.type == .publish, readsNoMessages { return .held }
                lastPacket = now
                let start = position
                position += header.packetLength
                let body = input.extracting(start + header.length..<position)
                if header.type == .publish {
                    if let event = try receive(header, body, at: start, &output) { return event }
                } else if let event = try handle(header, body, &output) {
                    return event
                }
            } catch {
                return close(
                    error == .packetTooLarge ? .payloadTooLarge(limit: rules.limits.payload) : .violation(error))
            }
        }
    }

    private var readsNoMessages: Bool { isHeld || unsettled.count >= rules.limits.unsettled }

    /// Accepts the client. What its session has kept for it follows with `ClientSession.resume`.
    mutating func admit(_ client: ClientSession, isPresent: Bool, _ output: inout ByteBuffer) {
        guard state == .connecting else { return }
        Connack(.accepted, sessionPresent: isPresent).write(to: &output)
        self.client = client
        state = .connected
    }

    /// Turns the client away; the host closes when the output is sent.
    mutating func refuse(_ code: Connack.ReturnCode, _ output: inout ByteBuffer) {
        guard state == .connecting else { return }
        Connack(code).write(to: &output)
        state = .closed
        will = nil
    }

    /// When to look at `expiry` next; nil without a limit.
    var deadline: Int64? {
        switch state {
        case .awaitingConnect: lastPacket + rules.limits.connectTime
        // What a client sends while no message is read may wait in the kernel.
        case .connected: keepAlive == 0 || readsNoMessages ? nil : lastPacket + patience
        case .connecting, .closed: nil
        }
    }

    /// Why the connection must end now, or nil.
    func expiry(now: Int64) -> CloseReason? {
        guard let deadline, now >= deadline else { return nil }
        return state == .connected ? .keepAliveExpired(seconds: keepAlive) : .connectTimeout
    }

    /// Reads messages again.
    mutating func release(now: Int64) {
        isHeld = false
        lastPacket = now
    }

    /// Ends the session of this connection.
    /// - Returns: the will, where it is to be published.
    mutating func end(_ reason: CloseReason) -> Will? {
        state = .closed
        client = nil
        unsettled = Ring()
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

    // MARK: Acknowledging

    /// Answers the message of the event `publish` as its QoS wants, when `ticket` is settled.
    mutating func acknowledge(_ ticket: Ticket, _ output: inout ByteBuffer) {
        switch inbound.qos {
        case .atMostOnce: return
        case .atLeastOnce: answer(.puback, inbound.identifier, ticket, &output)
        case .exactlyOnce:
            if let client, ticket > client.unsettled { client.unsettled = ticket }
            answer(.pubrec, inbound.identifier, ticket, &output)
        }
    }

    mutating func answer(_ type: PacketType, _ number: UInt16, _ ticket: Ticket, _ output: inout ByteBuffer) {
        if unsettled.isEmpty, rules.isSettled(ticket) {
            guard let identifier = PacketIdentifier(number) else { return }
            Acknowledgement.write(type, identifier, to: &output)
        } else {
            unsettled.append(PendingAcknowledgement(type: type, identifier: number, ticket: ticket))
        }
    }

    /// Whether answers wait for messages to be stored.
    var hasUnsettled: Bool { !unsettled.isEmpty }

    /// Sends the answers that waited for what is settled now.
    mutating func settle(_ output: inout ByteBuffer, now: Int64) {
        if readsNoMessages { lastPacket = now }
        while let first = unsettled.first, rules.isSettled(first.ticket) {
            if let identifier = PacketIdentifier(first.identifier) {
                Acknowledgement.write(first.type, identifier, to: &output)
            }
            unsettled.removeFirst()
        }
        unsettled.releaseStorage()
    }
}
