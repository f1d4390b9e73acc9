import Bytes
import MQTT
import Testing

@testable import Messaging

/// A session with its buffers, the sessions of its clients, and a clock that the test moves.
final class SessionDriver {
    /// What the host was told, with the bytes of messages.
    enum Told: Equatable {
        case connecting(clientID: [UInt8])
        case publish(topic: [UInt8], payload: [UInt8])
        case discard(topic: [UInt8], TopicRules.Breach)
        case subscribed(added: [MQTT.TopicFilter], refused: [MQTT.TopicFilter])
        case held
        case close(CloseReason)
    }

    let rules: BrokerRules
    let index = SubscriptionIndex()
    private(set) var session: BrokerSession
    /// Survives `reconnect`.
    private(set) var client: ClientSession?
    var now: Int64 = 1_000
    /// What the next messages have to wait for.
    var ticket = Ticket.none
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private let provenName: [UInt8]?

    init(
        provenName: String? = "sensor", limits: BrokerLimits = BrokerLimits(), ledger: AcceptanceLedger? = nil,
        refusing refused: [String] = []
    ) {
        rules = BrokerRules(limits: limits, refusing: refused.compactMap { try? $0.filter() }, ledger: ledger)
        self.provenName = provenName?.utf8Bytes
        session = BrokerSession(provenName: self.provenName, rules: rules, now: now)
    }

    /// A session whose client is connected, its CONNACK taken.
    static func connected(
        keepAlive: UInt16 = 0, will: Will? = nil, limits: BrokerLimits = BrokerLimits(),
        ledger: AcceptanceLedger? = nil, refusing refused: [String] = []
    ) throws -> SessionDriver {
        let driver = SessionDriver(limits: limits, ledger: ledger, refusing: refused)
        try driver.feed(.connect(Connect(clientID: "sensor".utf8Bytes, keepAlive: keepAlive, will: will)))
        driver.admit()
        _ = try driver.sent()
        return driver
    }

    /// The connection is lost and the client comes again, to the session that was kept for it.
    func reconnect() throws {
        _ = session.end(.lost)
        input.removeAll()
        output.removeAll()
        session = BrokerSession(provenName: provenName, rules: rules, now: now)
        try feed(.connect(Connect(clientID: "sensor".utf8Bytes, cleanSession: false)))
        admit()
    }

    /// Gives bytes to the session and returns what the host is told.
    @discardableResult
    func feed(_ bytes: [UInt8]) -> [Told] {
        input.append(bytes)
        return proceed()
    }

    @discardableResult
    func feed(_ packet: Packet) throws -> [Told] {
        try packet.write(to: &input)
        return proceed()
    }

    func admit() {
        let isPresent = client != nil
        let client =
            client
            ?? ClientSession(
                clientID: "sensor".utf8Bytes, isPersistent: true, root: SubscriptionIndex.sharedRoot, rules: rules)
        self.client = client
        session.admit(client, isPresent: isPresent, &output)
        client.resume(&output)
    }

    func refuse(_ code: Connack.ReturnCode) {
        session.refuse(code, &output)
    }

    func end(_ reason: CloseReason) -> Will? {
        session.end(reason)
    }

    func hold() { session.isHeld = true }

    func release() { session.release(now: now) }

    func settle() { session.settle(&output, now: now) }

    /// Delivers a message to the client.
    /// - Returns: whether there was room.
    @discardableResult
    func deliver(_ topic: String, _ payload: [UInt8], _ qos: QoS, retain: Bool = false) throws -> Bool {
        let client = try #require(client)
        guard try client.enqueue(topic.utf8Bytes.span, payload.span, qos, retain: retain) else { return false }
        if session.isConnected { client.pump(&output) }
        return true
    }

    /// The QoS that the client has asked for a topic with.
    func wants(_ topic: String) -> QoS? {
        guard let client, session.isConnected else { return nil }
        return index.qos(client, topic.utf8Bytes.span)
    }

    /// What the session has sent since the last call.
    func sent() throws -> [Packet] {
        var packets: [Packet] = []
        while let packet = try Packet.read(from: &output) { packets.append(packet) }
        return packets
    }

    private func proceed() -> [Told] {
        let bytes = input.copy()
        var position = 0
        var told: [Told] = []
        loop: while true {
            let inbound: BrokerSession.Event = session.next(bytes.span, &position, &output, now: now)
            let message = session.inbound
            switch inbound {
            case .needsBytes: break loop
            case .held:
                told.append(.held)
                break loop
            case .connecting(let packet): told.append(.connecting(clientID: packet.clientID))
            case .publish:
                told.append(
                    .publish(
                        topic: [UInt8](bytes[message.topicStart..<message.topicEnd]),
                        payload: [UInt8](bytes[message.payloadStart..<message.end])))
                session.acknowledge(ticket, &output)
            case .discard(let breach):
                told.append(.discard(topic: [UInt8](bytes[message.topicStart..<message.topicEnd]), breach))
            case .subscribe(let packet):
                guard let client, let result = try? client.subscribe(packet, index, &output) else { continue }
                told.append(.subscribed(added: result.added, refused: result.refused))
            case .unsubscribe(let packet): client?.unsubscribe(packet, index, &output)
            case .close(let reason):
                told.append(.close(reason))
                break loop
            }
        }
        input.consume(position)
        return told
    }
}

extension String {
    var utf8Bytes: [UInt8] { Array(utf8) }

    func topic() throws -> TopicName { try TopicName(utf8Bytes) }

    func filter() throws -> MQTT.TopicFilter { try MQTT.TopicFilter(utf8Bytes) }
}

/// The packet identifier of a number that is not 0.
func identifier(_ number: UInt16) throws -> PacketIdentifier {
    guard let identifier = PacketIdentifier(number) else { throw MQTTError.packetIdentifierZero }
    return identifier
}

/// The packet's bytes.
func encoded(_ packet: Packet) throws -> [UInt8] {
    var buffer = ByteBuffer()
    try packet.write(to: &buffer)
    return buffer.copy()
}
