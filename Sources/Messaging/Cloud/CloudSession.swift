import Bytes
import MQTT

/// The client's side of one MQTT 3.1.1 connection to the cloud: bytes and time in, bytes and events out, no socket.
///
/// What it sends keeps to what AWS IoT allows: QoS 0 and 1, nothing retained, at most eight filters a SUBSCRIBE. Several
/// messages may be under way; each is confirmed by its own PUBACK, in any order.
final class CloudSession {
    struct Settings {
        var clientID: [UInt8]
        var cleanSession = true
        /// Seconds, at least 1.
        var keepAlive: Int64 = 600
        /// Bytes of messages that may be under way; one message always may.
        var windowBytes = 524_288
    }

    enum Event: Equatable {
        /// Nothing more can be read before more bytes come.
        case needsBytes
        /// CONNACK 0.
        case accepted(sessionPresent: Bool)
        /// The cloud has the message with this number.
        case confirmed(UInt64)
        /// What the cloud said to each filter; nil where it refused.
        case subscribed([(filter: TopicFilter, granted: QoS?)])
        /// The cloud sends nothing for these filters any more.
        case unsubscribed([TopicFilter])
        /// A message; `acknowledge` its identifier, where it has one, when it is safe.
        case message(topic: [UInt8], payload: [UInt8], identifier: PacketIdentifier?)
        case failed(CloudSessionFailure)

        static func == (first: Event, second: Event) -> Bool {
            switch (first, second) {
            case (.needsBytes, .needsBytes): true
            case (.accepted(let one), .accepted(let other)): one == other
            case (.confirmed(let one), .confirmed(let other)): one == other
            case (.subscribed(let one), .subscribed(let other)):
                one.map { $0.filter } == other.map { $0.filter } && one.map { $0.granted } == other.map { $0.granted }
            case (.unsubscribed(let one), .unsubscribed(let other)): one == other
            case (.message(let topic, let payload, let id), .message(let other, let content, let identifier)):
                topic == other && payload == content && id == identifier
            case (.failed(let one), .failed(let other)): one == other
            default: false
            }
        }
    }

    enum Phase {
        case new
        /// CONNECT is sent.
        case connecting
        case up
        case ended
    }

    /// A message on its way.
    struct Flight {
        let identifier: PacketIdentifier
        let number: UInt64
        let bytes: Int
        let sentAt: Int64
    }

    /// A SUBSCRIBE or UNSUBSCRIBE that is not answered.
    struct Subscribing {
        let identifier: PacketIdentifier
        let filters: [TopicFilter]
        let isLeaving: Bool
        let sentAt: Int64
    }

    /// A SUBSCRIBE or UNSUBSCRIBE that is not sent.
    enum Wish {
        case subscribe([Subscribe.Request])
        case unsubscribe([TopicFilter])
    }

    /// AWS IoT's limit (Message broker and protocol limits: subscriptions per subscribe request).
    static let filtersAPacket = 8
    /// AWS IoT's largest message with its topic; a packet that is longer ends the connection before it is kept.
    static let largestPacket = 131_072 + 65_535 + 4

    let settings: Settings
    var pace: CloudPace
    var phase = Phase.new
    /// In the order they were sent.
    var flights: [Flight] = []
    var flightBytes = 0
    var subscribing: Subscribing?
    /// What waits for the answer to what was asked before.
    var wishes: [Wish] = []
    var lastIdentifier: UInt16 = 0

    var startedAt: Int64 = 0
    var lastSent: Int64 = 0
    var lastReceived: Int64 = 0
    /// When bytes were last seen leaving this machine while others waited behind them.
    var lastDrained: Int64 = 0
    var unsent = 0
    /// When `advance` was last called.
    var lastLook: Int64 = 0
    var pingedAt: Int64?
    /// Whether the oldest operation has been told as late.
    var hasToldLate = false

    init(_ settings: Settings, pace: CloudPace) {
        self.settings = settings
        self.pace = pace
    }

    /// Writes CONNECT.
    func begin(_ output: inout ByteBuffer, now: Int64) {
        phase = .connecting
        startedAt = now
        lastReceived = now
        let keepAlive = UInt16(clamping: settings.keepAlive)
        write(
            .connect(
                Connect(clientID: settings.clientID, cleanSession: settings.cleanSession, keepAlive: keepAlive)),
            &output, now: now)
    }

    /// Whether one more message of this size may be sent now.
    func hasRoom(bytes: Int = 0) -> Bool {
        guard phase == .up, flights.count < pace.window else { return false }
        return flights.isEmpty || flightBytes + bytes <= settings.windowBytes
    }

    /// Sends a message with QoS 1. Only when `hasRoom`.
    func publish(_ number: UInt64, topic: [UInt8], payload: [UInt8], _ output: inout ByteBuffer, now: Int64) {
        let identifier = nextIdentifier()
        flights.append(
            Flight(identifier: identifier, number: number, bytes: payload.count, sentAt: now))
        flightBytes += payload.count
        do throws(MQTTError) {
            let packet = Publish(
                topic: try TopicName(topic), payload: payload,
                delivery: .atLeastOnce(identifier))
            try packet.write(to: &output)
            lastSent = now
        } catch {
            // The topic came through the router, which lets none through that is not valid.
            flights.removeLast()
            flightBytes -= payload.count
        }
    }

    /// Asks for messages. Each filter is answered by `Event.subscribed`.
    func subscribe(_ requests: [Subscribe.Request], _ output: inout ByteBuffer, now: Int64) {
        for start in stride(from: 0, to: requests.count, by: Self.filtersAPacket) {
            wishes.append(.subscribe(Array(requests[start...].prefix(Self.filtersAPacket))))
        }
        askMore(&output, now: now)
    }

    /// Takes subscriptions back that a kept session has, after what was asked for before. Answered by
    /// `Event.unsubscribed`.
    func unsubscribe(_ filters: [TopicFilter], _ output: inout ByteBuffer, now: Int64) {
        for start in stride(from: 0, to: filters.count, by: Self.filtersAPacket) {
            wishes.append(.unsubscribe(Array(filters[start...].prefix(Self.filtersAPacket))))
        }
        askMore(&output, now: now)
    }

    /// Tells the cloud that a message of QoS 1 is safe here.
    func acknowledge(_ identifier: PacketIdentifier, _ output: inout ByteBuffer, now: Int64) {
        guard phase == .up else { return }
        write(.puback(identifier), &output, now: now)
    }

    /// Writes DISCONNECT: the cloud does not publish a will, and knows that nothing was lost.
    func end(_ output: inout ByteBuffer, now: Int64) {
        if phase == .up { write(.disconnect, &output, now: now) }
        phase = .ended
    }

    func askMore(_ output: inout ByteBuffer, now: Int64) {
        guard phase == .up, subscribing == nil, !wishes.isEmpty else { return }
        let identifier = nextIdentifier()
        switch wishes.removeFirst() {
        case .subscribe(let requests):
            subscribing = Subscribing(
                identifier: identifier, filters: requests.map { $0.filter }, isLeaving: false, sentAt: now)
            write(.subscribe(Subscribe(packetIdentifier: identifier, requests: requests)), &output, now: now)
        case .unsubscribe(let filters):
            subscribing = Subscribing(identifier: identifier, filters: filters, isLeaving: true, sentAt: now)
            write(.unsubscribe(Unsubscribe(packetIdentifier: identifier, filters: filters)), &output, now: now)
        }
    }

    func write(_ packet: Packet, _ output: inout ByteBuffer, now: Int64) {
        do throws(MQTTError) {
            try packet.write(to: &output)
            lastSent = now
        } catch {
            // Everything that is written here was checked when it was read: filters, the client ID.
            phase = .ended
        }
    }

    /// One that is not in use ([MQTT-2.3.1-2]).
    private func nextIdentifier() -> PacketIdentifier {
        while true {
            lastIdentifier &+= 1
            guard let identifier = PacketIdentifier(lastIdentifier) else { continue }
            if subscribing?.identifier == identifier { continue }
            var isUsed = false
            for flight in flights where flight.identifier == identifier { isUsed = true }
            if !isUsed { return identifier }
        }
    }
}
