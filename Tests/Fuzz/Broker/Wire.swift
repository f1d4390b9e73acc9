/// The topics and filters of the game, and packets as bytes.
enum Wire {
    static let topics = ["a", "a/b", "b", "$s", "c/d"]
    static let filters = ["a", "#", "+/b", "a/#", "+", "$s", "c/+", "b"]

    static let topicFields = topics.map { field($0) }
    static let filterFields = filters.map { field($0) }
    /// By filter, then topic.
    private static let table = filters.map { filter in topics.map { compare(filter, $0) } }

    static func matches(_ filter: Int, _ topic: Int) -> Bool { table[filter][topic] }

    private static func compare(_ filter: String, _ topic: String) -> Bool {
        let levels = filter.split(separator: "/", omittingEmptySubsequences: false)
        let names = topic.split(separator: "/", omittingEmptySubsequences: false)
        if topic.hasPrefix("$"), levels[0] == "#" || levels[0] == "+" { return false }
        for (index, level) in levels.enumerated() {
            if level == "#" { return true }
            guard index < names.count, level == "+" || level == names[index] else { return false }
        }
        return levels.count == names.count
    }

    static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        precondition(body.count < 128 * 128)
        return body.count < 128
            ? [first, UInt8(body.count)] + body
            : [first, UInt8(body.count % 128) | 0x80, UInt8(body.count / 128)] + body
    }

    static func field(_ text: String) -> [UInt8] { number(UInt16(text.utf8.count)) + Array(text.utf8) }

    static func number(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

    static func connect(_ clientID: String, clean: Bool, keepAlive: UInt16, will: Message?) -> [UInt8] {
        var flags: UInt8 = clean ? 2 : 0
        var payload = field(clientID)
        if let will {
            flags |= 4 | will.qos << 3 | (will.retain ? 0x20 : 0)
            payload += topicFields[will.topic] + number(UInt16(will.payload.count)) + will.payload
        }
        return packet(0x10, field("MQTT") + [4, flags] + number(keepAlive) + payload)
    }

    static func publish(_ message: Message, id: UInt16, duplicate: Bool = false) -> [UInt8] {
        packet(
            0x30 | message.qos << 1 | (message.retain ? 1 : 0) | (duplicate ? 8 : 0),
            topicFields[message.topic] + (message.qos > 0 ? number(id) : []) + message.payload)
    }
}

/// A message of the game: its number is in its payload, so that it is known again.
struct Message {
    let number: Int
    let topic: Int
    let qos: UInt8
    let retain: Bool
    let padding: Int

    var payload: [UInt8] {
        [UInt8(number / 100 + 0x30), UInt8(number / 10 % 10 + 0x30), UInt8(number % 10 + 0x30)]
            + [UInt8](repeating: UInt8(ascii: "x"), count: padding)
    }

    /// The number in a payload, -1 where it is none.
    static func number(_ payload: ArraySlice<UInt8>) -> Int {
        guard payload.count >= 3 else { return -1 }
        return payload.prefix(3).reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}

/// A packet from the broker: well-formed, or the fuzzer stops.
struct Answer {
    let first: UInt8
    let body: [UInt8]

    /// The first packet in the bytes; nil where it is not complete.
    static func take(_ bytes: inout [UInt8]) -> Answer? {
        guard bytes.count >= 2 else { return nil }
        var length = 0
        var at = 1
        while true {
            guard at < bytes.count else { return nil }
            require(at < 5, "the broker sends a remaining length of five bytes")
            length |= Int(bytes[at] & 0x7F) << (7 * (at - 1))
            at += 1
            if bytes[at - 1] & 0x80 == 0 { break }
        }
        guard bytes.count >= at + length else { return nil }
        let answer = Answer(first: bytes[0], body: Array(bytes[at..<at + length]))
        bytes.removeFirst(at + length)
        answer.check()
        return answer
    }

    var type: UInt8 { first >> 4 }
    var qos: UInt8 { first >> 1 & 3 }
    var isDuplicate: Bool { first & 8 != 0 }
    var isRetained: Bool { first & 1 != 0 }
    var withoutDuplicate: Answer { Answer(first: first & ~8, body: body) }
    private var topicEnd: Int { 2 + Int(body[0]) << 8 + Int(body[1]) }
    /// With its length before it.
    var topicField: ArraySlice<UInt8> { body[..<topicEnd] }
    var payload: ArraySlice<UInt8> { body[(topicEnd + (qos > 0 ? 2 : 0))...] }
    /// Of a PUBLISH with QoS 1 or 2, and of all answers that have one.
    var id: UInt16 { type == 3 ? at(topicEnd) : at(0) }

    private func at(_ index: Int) -> UInt16 { UInt16(body[index]) << 8 | UInt16(body[index + 1]) }

    private func check() {
        switch type {
        case 2: require(first == 0x20 && body.count == 2 && body[0] < 2 && body[1] < 6, "a malformed CONNACK")
        case 3:
            require(qos < 3 && (qos > 0 || !isDuplicate), "a PUBLISH with wrong flags")
            require(body.count >= 3 && topicEnd > 2, "a PUBLISH without a topic")
            require(body.count >= topicEnd + (qos > 0 ? 2 : 0), "a PUBLISH is too short")
            require(qos == 0 || id != 0, "a PUBLISH with identifier 0")
        case 4, 5, 7, 11: require(first & 15 == 0 && body.count == 2 && id != 0, "a malformed acknowledgement")
        case 6: require(first == 0x62 && body.count == 2 && id != 0, "a malformed PUBREL")
        case 9: require(first == 0x90 && body.count > 2 && id != 0, "a malformed SUBACK")
        case 13: require(first == 0xD0 && body.isEmpty, "a malformed PINGRESP")
        default: require(false, "a packet that no server sends")
        }
    }
}
