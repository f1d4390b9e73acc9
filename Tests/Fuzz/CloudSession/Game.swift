import Bytes
import MQTT

@testable import Messaging

/// One session with its two ends, and what has to be so whatever the cloud sends:
///
/// - the session sends CONNECT, then nothing before CONNACK 0, and nothing at all after its end but one DISCONNECT, where it
///   was `end` that ended it;
/// - messages go out as they were given, in their order, with QoS 1, identifiers that are not in use, and no more of them
///   than the window; each is confirmed once at most, and only by the PUBACK of its identifier;
/// - one SUBSCRIBE or UNSUBSCRIBE is under way at a time, with eight filters at most, in the order asked for;
/// - PUBACKs are those that were asked for; one PINGREQ is under way;
/// - a deadline is never in the past, so that no timer spins, and a cloud that falls silent is given up.
final class Game {
    let session: CloudSession
    let window: Int
    var now: Int64 = 1_000_000_000_000
    var input = ByteBuffer()
    var output = ByteBuffer()
    /// What the cloud has sent and has not come yet.
    var onItsWay: [UInt8] = []
    /// Whether the cloud has sent what no server may.
    var isWild = false
    var hasConnected = false
    /// Whether the cloud has sent a CONNACK.
    var hasAnswered = false
    var isUp = false
    var isOver = false
    var mayDisconnect = false

    struct Sent {
        let number: UInt64
        let topic: [UInt8]
        let payload: [UInt8]
        var identifier: PacketIdentifier?
    }

    /// Given to the session and not seen on the wire; seen there and not confirmed.
    var given: [Sent] = []
    var underWay: [Sent] = []
    var lastNumber: UInt64 = 0
    /// Filters that are to be asked for, and the packet that is under way.
    var wanted: [(filter: TopicFilter, isLeaving: Bool)] = []
    var asked: (identifier: PacketIdentifier, filters: [TopicFilter], isLeaving: Bool)?
    /// Whether the cloud has answered it with SUBACK; that may not have come yet.
    var areFiltersAnswered = false
    /// PUBACKs that the session was asked for and has not sent.
    var acknowledging: [PacketIdentifier] = []
    /// Messages that wait for theirs.
    var unacknowledged: [PacketIdentifier] = []
    var isPinging = false

    init(_ choice: Int) {
        window = choice & 7 + 1
        session = CloudSession(
            CloudSession.Settings(
                clientID: [99], cleanSession: choice & 8 == 0, keepAlive: choice & 16 == 0 ? 600 : 2, windowBytes: 2_000
            ),
            pace: CloudPace(operationTimeout: 1_000_000_000, window: window))
        session.begin(&output, now: now)
        look()
    }

    // MARK: What the core does

    func publish(_ choice: Int) {
        let payload = Self.payloads[choice & 3]
        for _ in 0...(choice >> 2 & 3) where session.hasRoom() {
            require(isUp, "there is room without a connection")
            lastNumber += 1
            let topic = Self.topics[choice >> 4 & 1]
            given.append(Sent(number: lastNumber, topic: topic, payload: payload))
            session.publish(lastNumber, topic: topic, payload: payload, &output, now: now)
        }
    }

    private func filters(_ choice: Int) -> [TopicFilter] {
        Array(Self.allFilters.prefix(choice % 20))
    }

    private static let allFilters = (0..<20).compactMap { try? TopicFilter([97, 47, UInt8(98 + $0)]) }
    private static let payloads = [0, 10, 900, 3_000].map { [UInt8](repeating: 1, count: $0) }
    private static let topics: [[UInt8]] = [[97], [97, 47, 98]]

    func subscribe(_ choice: Int) {
        // As a connection does it: once CONNACK has come.
        guard isUp else { return }
        let filters = filters(choice)
        wanted += filters.map { ($0, false) }
        session.subscribe(filters.map { Subscribe.Request($0, qos: .atLeastOnce) }, &output, now: now)
    }

    func unsubscribe(_ choice: Int) {
        guard isUp else { return }
        let filters = filters(choice)
        wanted += filters.map { ($0, true) }
        session.unsubscribe(filters, &output, now: now)
    }

    func acknowledge(_ choice: Int) {
        guard !unacknowledged.isEmpty else { return }
        let identifier = unacknowledged.remove(at: choice % unacknowledged.count)
        if isUp { acknowledging.append(identifier) }
        session.acknowledge(identifier, &output, now: now)
    }

    func end() {
        mayDisconnect = isUp
        session.end(&output, now: now)
        look()
        require(!mayDisconnect, "no DISCONNECT at the end")
        close()
    }

    func heard() { session.heard(now: now) }

    /// As if so many messages had gone that identifiers begin again.
    func turnIdentifiers() {
        let used = underWay.first?.identifier ?? asked?.identifier ?? .first
        session.lastIdentifier = used.rawValue &- 1
    }

    func wait(_ time: Int, unsent: Int) {
        now += Int64(time) * Int64(time) * 4_000_000
        advance(unsent: unsent * 16)
    }

    func advance(unsent: Int) {
        switch session.advance(&output, unsent: unsent, now: now) {
        case .nothing, .late: break
        case .failed:
            require(!isOver, "it fails after its end")
            return close()
        }
        if let deadline = session.nextDeadline { require(deadline > now, "the deadline is not in the future") }
    }

    private func close() {
        look()
        isOver = true
        isUp = false
    }

    // MARK: What is told

    /// Lets bytes come.
    func deliver(_ most: Int) {
        let count = min(most, onItsWay.count)
        if count == 0 { return }
        if isOver { return onItsWay.removeAll() }
        look()
        input.append(Array(onItsWay[..<count]))
        onItsWay.removeFirst(count)
        while true {
            let event = session.next(&input, &output, now: now)
            if case .needsBytes = event { return look() }
            // What follows an answer may have been written already.
            take(event)
            if isOver { return }
            look()
        }
    }

    private func take(_ event: CloudSession.Event) {
        switch event {
        case .needsBytes: break
        case .accepted:
            require(!isUp && hasConnected, "accepted twice, or before CONNECT")
            isUp = true
        case .confirmed(let number):
            guard let index = underWay.firstIndex(where: { $0.number == number }) else {
                return require(false, "a message is confirmed that is not under way")
            }
            underWay.remove(at: index)
        case .subscribed(let answers):
            guard let asked, !asked.isLeaving else { return require(false, "an answer to no SUBSCRIBE") }
            require(answers.map { $0.filter } == asked.filters, "the answers are those of other filters")
            self.asked = nil
        case .unsubscribed(let filters):
            guard let asked, asked.isLeaving else { return require(false, "an answer to no UNSUBSCRIBE") }
            require(filters == asked.filters, "other filters are unsubscribed from")
            self.asked = nil
        case .message(let topic, _, let identifier):
            require(!topic.isEmpty && isUp, "a message without a topic or a connection")
            if let identifier { unacknowledged.append(identifier) }
        case .failed:
            require(isWild, "a session with a server that keeps to the standard fails")
            close()
        }
    }

    func check() {
        look()
        require(session.phase == .ended || !isOver, "it goes on after its end")
        require(isOver || session.flights.count == underWay.count, "another number of messages is under way")
        require(session.flights.count <= window, "more messages are under way than the window allows")
        require(isOver || session.flightBytes == underWay.reduce(0) { $0 + $1.payload.count }, "bytes are miscounted")
        if isOver {
            require(!session.hasRoom() && session.nextDeadline == nil, "it is still in use after its end")
        }
    }

    /// A cloud that says nothing more is given up.
    func finish() {
        deliver(.max)
        var looks = 0
        while !isOver, let deadline = session.nextDeadline {
            now = max(now, deadline)
            advance(unsent: 0)
            look()
            looks += 1
            require(looks < 100, "a cloud that fell silent is not given up")
        }
        require(isOver, "it waits for nothing, and does not end")
        // Whatever is asked of it after its end, it sends nothing.
        publish(3)
        session.subscribe(filters(9).map { Subscribe.Request($0, qos: .atMostOnce) }, &output, now: now)
        session.unsubscribe(filters(9), &output, now: now)
        session.acknowledge(PacketIdentifier.first, &output, now: now)
        advance(unsent: 0)
        session.end(&output, now: now)
        look()
        check()
    }
}
