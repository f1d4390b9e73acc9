import Testing

/// Section 1.5: strings.
@Suite("MQTT 3.1.1 section 1: strings")
struct TextTests {
    /// Bytes that are no UTF-8: a surrogate, an overlong form, a lone continuation byte, a sequence cut short, a code
    /// point beyond U+10FFFF.
    static let illFormed: [[UInt8]] = [
        [0x61, 0xED, 0xA0, 0x80], [0xC0, 0x80], [0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80],
    ]

    @Test(
        "[MQTT-1.5.3-1] [MQTT-3.1.3-4] a client ID that is not UTF-8 ends the connection without CONNACK",
        arguments: illFormed)
    func clientID(_ text: [UInt8]) throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(flags: 0x02, payload: Packet.field(text)))
        try client.expectEnd()
    }

    @Test(
        "[MQTT-1.5.3-1] [MQTT-3.1.3-10] a will topic that is not UTF-8 ends the connection without CONNACK",
        arguments: illFormed)
    func willTopic(_ text: [UInt8]) throws {
        let client = try BrokerUnderTest().client()
        let payload = Packet.field("a") + Packet.field(text) + Packet.field("will")
        try client.send(Packet.connect(flags: 0x06, payload: payload))
        try client.expectEnd()
    }

    @Test(
        "[MQTT-1.5.3-1] [MQTT-3.1.3-11] a user name that is not UTF-8 ends the connection without CONNACK",
        arguments: illFormed)
    func userName(_ text: [UInt8]) throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(flags: 0x82, payload: Packet.field("a") + Packet.field(text)))
        try client.expectEnd()
    }

    @Test(
        "[MQTT-1.5.3-1] [MQTT-3.3.2-1] a topic that is not UTF-8 ends the connection and reaches nobody",
        arguments: illFormed)
    func topic(_ text: [UInt8]) throws {
        let broker = try BrokerUnderTest()
        #expect(try broker.messages(after: Packet.publish(Packet.field(text), [1])) == [])
    }

    @Test(
        "[MQTT-1.5.3-1] [MQTT-3.8.3-1] [MQTT-3.10.3-1] a filter that is not UTF-8 ends the connection",
        arguments: illFormed)
    func filter(_ text: [UInt8]) throws {
        let broker = try BrokerUnderTest()
        for (first, end) in [(UInt8(0x82), [UInt8(0)]), (0xA2, [])] {
            let client = try broker.connect("a")
            try client.send(Packet.raw(first, Packet.number(1) + Packet.field(text) + end))
            try client.expectEnd()
        }
    }

    @Test("[MQTT-1.5.3-2] [MQTT-4.7.3-2] U+0000 in a string ends the connection")
    func null() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.client()
        try client.send(Packet.connect("a\0b"))
        try client.expectEnd()
        for bytes in [
            Packet.publish("a\0b", "x"), Packet.subscribe(1, ("a\0b", 0)), Packet.subscribe(1, ("a", 0), ("\0", 0)),
            Packet.unsubscribe(1, "a\0b"),
        ] {
            #expect(try broker.messages(after: bytes) == [])
        }
    }

    @Test("[MQTT-1.5.3-3] a leading U+FEFF belongs to the topic: neither skipped nor removed")
    func byteOrderMark() throws {
        let broker = try BrokerUnderTest()
        let marked = try broker.connect("marked")
        try marked.subscribe("\u{FEFF}a")
        let plain = try broker.connect("plain")
        try plain.subscribe("a")
        try plain.publish("\u{FEFF}a", "x")
        try marked.expect(Packet.publish("\u{FEFF}a", "x"))
        try plain.expectNothing()
    }
}
