/// Control packets as bytes. They are put together here, apart from `Sources/MQTT`, so that a mistake there cannot hide
/// behind the same mistake in its test.
enum Packet {
    struct Will {
        var topic: String
        var payload: [UInt8]
        var qos: UInt8 = 0
        var retain = false

        init(_ topic: String, _ payload: String, qos: UInt8 = 0, retain: Bool = false) {
            self.topic = topic
            self.payload = Array(payload.utf8)
            self.qos = qos
            self.retain = retain
        }
    }

    static let pingreq: [UInt8] = [0xC0, 0]
    static let pingresp: [UInt8] = [0xD0, 0]
    static let disconnect: [UInt8] = [0xE0, 0]

    /// A fixed header and the bytes after it.
    static func raw(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        var length = body.count
        var header = [first]
        repeat {
            let rest = length / 128
            header.append(UInt8(length % 128) | (rest > 0 ? 0x80 : 0))
            length = rest
        } while length > 0
        return header + body
    }

    /// Bytes with their length before them, as strings and binary fields are written.
    static func field(_ bytes: [UInt8]) -> [UInt8] { number(UInt16(bytes.count)) + bytes }

    static func field(_ text: String) -> [UInt8] { field(Array(text.utf8)) }

    static func number(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

    static func connect(
        _ clientID: String, clean: Bool = true, keepAlive: UInt16 = 0, will: Will? = nil, user: String? = nil,
        password: String? = nil
    ) -> [UInt8] {
        var flags: UInt8 = clean ? 0x02 : 0
        var payload = field(clientID)
        if let will {
            flags |= 0x04 | will.qos << 3 | (will.retain ? 0x20 : 0)
            payload += field(will.topic) + field(will.payload)
        }
        if let user {
            flags |= 0x80
            payload += field(user)
        }
        if let password {
            flags |= 0x40
            payload += field(password)
        }
        return connect(flags: flags, keepAlive: keepAlive, payload: payload)
    }

    /// A CONNECT that need not make sense.
    static func connect(
        name: String = "MQTT", level: UInt8 = 4, flags: UInt8, keepAlive: UInt16 = 0, payload: [UInt8]
    ) -> [UInt8] {
        raw(0x10, field(name) + [level, flags] + number(keepAlive) + payload)
    }

    static func connack(_ code: UInt8 = 0, present: Bool = false) -> [UInt8] { [0x20, 2, present ? 1 : 0, code] }

    static func publish(
        _ topic: String, _ payload: String = "", qos: UInt8 = 0, id: UInt16 = 0, retain: Bool = false,
        duplicate: Bool = false
    ) -> [UInt8] {
        publish(field(topic), Array(payload.utf8), qos: qos, id: id, retain: retain, duplicate: duplicate)
    }

    /// A PUBLISH whose topic is given as it is to stand there, length and all.
    static func publish(
        _ topic: [UInt8], _ payload: [UInt8], qos: UInt8 = 0, id: UInt16 = 0, retain: Bool = false,
        duplicate: Bool = false
    ) -> [UInt8] {
        let flags = qos << 1 | (retain ? 1 : 0) | (duplicate ? 8 : 0)
        return raw(0x30 | flags, topic + (qos > 0 ? number(id) : []) + payload)
    }

    static func puback(_ id: UInt16) -> [UInt8] { raw(0x40, number(id)) }
    static func pubrec(_ id: UInt16) -> [UInt8] { raw(0x50, number(id)) }
    static func pubrel(_ id: UInt16) -> [UInt8] { raw(0x62, number(id)) }
    static func pubcomp(_ id: UInt16) -> [UInt8] { raw(0x70, number(id)) }

    static func subscribe(_ id: UInt16, _ filters: (String, UInt8)...) -> [UInt8] {
        raw(0x82, number(id) + filters.flatMap { field($0.0) + [$0.1] })
    }

    static func suback(_ id: UInt16, _ codes: UInt8...) -> [UInt8] { raw(0x90, number(id) + codes) }

    static func unsubscribe(_ id: UInt16, _ filters: String...) -> [UInt8] {
        raw(0xA2, number(id) + filters.flatMap { field($0) })
    }

    static func unsuback(_ id: UInt16) -> [UInt8] { raw(0xB0, number(id)) }
}
