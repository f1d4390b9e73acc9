/// A packet that came from the server, well-formed as far as section 2 and the packet's own section say.
struct Received: Equatable, CustomStringConvertible {
    let first: UInt8
    let body: [UInt8]

    struct Malformed: Error {
        let first: UInt8
        let body: [UInt8]
        let what: String
    }

    /// - Throws: `Malformed` where a server must not send such a packet.
    init(first: UInt8, body: [UInt8]) throws {
        self.first = first
        self.body = body
        func demand(_ holds: Bool, _ what: String) throws {
            if !holds { throw Malformed(first: first, body: body, what: what) }
        }
        let flags = first & 0xF
        switch first >> 4 {
        case 2:
            try demand(flags == 0 && body.count == 2 && body[0] <= 1 && body[1] <= 5, "CONNACK")
        case 3:
            try demand(qos < 3, "PUBLISH with QoS 3")
            try demand(qos > 0 || flags & 8 == 0, "PUBLISH with QoS 0 and DUP")
            try demand(body.count >= 2 && body.count >= topicEnd + (qos > 0 ? 2 : 0), "PUBLISH is too short")
            try demand(topicEnd > 2, "PUBLISH without a topic")
            try demand(qos == 0 || id != 0, "PUBLISH with packet identifier 0")
        case 4, 5, 7, 11:
            try demand(flags == 0 && body.count == 2 && id != 0, "acknowledgement")
        case 6:
            try demand(flags == 2 && body.count == 2 && id != 0, "PUBREL")
        case 9:
            try demand(flags == 0 && body.count > 2 && id != 0, "SUBACK")
            try demand(body.dropFirst(2).allSatisfy { $0 <= 2 || $0 == 0x80 }, "SUBACK with a reserved code")
        case 13: try demand(flags == 0 && body.isEmpty, "PINGRESP")
        default: try demand(false, "no packet of a server")
        }
    }

    var isPublish: Bool { first >> 4 == 3 }
    var qos: UInt8 { first >> 1 & 3 }
    var isRetained: Bool { first & 1 != 0 }
    var isDuplicate: Bool { first & 8 != 0 }

    private var topicEnd: Int { 2 + Int(body[0]) << 8 + Int(body[1]) }

    var topic: String { isPublish ? String(decoding: body[2..<topicEnd], as: UTF8.self) : "" }

    /// 0 where there is none.
    var id: UInt16 {
        if isPublish { return qos == 0 ? 0 : number(at: topicEnd) }
        return body.count >= 2 ? number(at: 0) : 0
    }

    var payload: String { String(decoding: body[(topicEnd + (qos > 0 ? 2 : 0))...], as: UTF8.self) }

    private func number(at index: Int) -> UInt16 { UInt16(body[index]) << 8 | UInt16(body[index + 1]) }

    /// The packet as it came.
    var bytes: [UInt8] { Packet.raw(first, body) }

    var description: String {
        if isPublish {
            let marks = (isRetained ? " retained" : "") + (isDuplicate ? " duplicate" : "")
            return "PUBLISH \(topic) '\(payload)' QoS \(qos) id \(id)\(marks)"
        }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
