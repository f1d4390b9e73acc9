import MQTT

/// Makes packets from a seed: the same seed gives the same packets, so that a failure can be repeated.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func flag() -> Bool { number(0...1) == 1 }

    mutating func bytes(_ range: ClosedRange<Int>) -> [UInt8] {
        (0..<number(range)).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func text(_ range: ClosedRange<Int>) -> [UInt8] {
        let alphabet: [Character] = ["a", "b", "z", "0", "/", "$", " ", "é", "ß", "温", "\u{FEFF}", "🌡", "\u{10FFFF}"]
        return Array(String((0..<number(range)).map { _ in alphabet[number(0...alphabet.count - 1)] }).utf8)
    }

    mutating func topic() throws -> TopicName { try TopicName(text(1...40)) }

    mutating func filter() throws -> TopicFilter {
        var levels = (0..<number(1...6)).map { _ in number(0...3) == 0 ? Array("+".utf8) : text(0...5) }
        levels = levels.map { level in level.count > 1 ? level.filter { $0 != UInt8(ascii: "/") } : level }
        if number(0...2) == 0 { levels.append(Array("#".utf8)) }
        let filter = Array(levels.joined(separator: [UInt8(ascii: "/")]))
        return try TopicFilter(filter.isEmpty ? Array("/".utf8) : filter)
    }

    mutating func identifier() throws -> PacketIdentifier {
        guard let identifier = PacketIdentifier(UInt16(number(1...65_535))) else {
            throw MQTTError.packetIdentifierZero
        }
        return identifier
    }

    mutating func qos() -> QoS { [.atMostOnce, .atLeastOnce, .exactlyOnce][number(0...2)] }

    mutating func packet() throws -> Packet {
        switch number(1...14) {
        case 1: return .connect(try connect())
        case 2: return .connack(Connack(.accepted, sessionPresent: flag()))
        case 3: return .publish(try publish())
        case 4: return .puback(try identifier())
        case 5: return .pubrec(try identifier())
        case 6: return .pubrel(try identifier())
        case 7: return .pubcomp(try identifier())
        case 8:
            let requests = try (0..<number(1...5)).map { _ in Subscribe.Request(try filter(), qos: qos()) }
            return .subscribe(Subscribe(packetIdentifier: try identifier(), requests: requests))
        case 9:
            let answers: [Suback.Answer] = (0..<number(1...5)).map { _ in flag() ? .refused : .granted(qos()) }
            return .suback(Suback(packetIdentifier: try identifier(), answers: answers))
        case 10:
            let filters = try (0..<number(1...5)).map { _ in try filter() }
            return .unsubscribe(Unsubscribe(packetIdentifier: try identifier(), filters: filters))
        case 11: return .unsuback(try identifier())
        case 12: return .pingreq
        case 13: return .pingresp
        default: return .disconnect
        }
    }

    private mutating func connect() throws -> Connect {
        let userName = flag() ? text(0...20) : nil
        return Connect(
            clientID: text(0...30), cleanSession: flag(), keepAlive: UInt16(number(0...65_535)),
            will: flag() ? Will(topic: try topic(), payload: bytes(0...50), qos: qos(), retain: flag()) : nil,
            userName: userName, password: userName != nil && flag() ? bytes(0...20) : nil)
    }

    private mutating func publish() throws -> Publish {
        let delivery: Publish.Delivery
        switch qos() {
        case .atMostOnce: delivery = .atMostOnce
        case .atLeastOnce: delivery = .atLeastOnce(try identifier(), duplicate: flag())
        case .exactlyOnce: delivery = .exactlyOnce(try identifier(), duplicate: flag())
        }
        let payload = number(0...9) == 0 ? bytes(100...20_000) : bytes(0...200)
        return Publish(topic: try topic(), payload: payload, delivery: delivery, retain: flag())
    }
}
