import Testing

/// Section 2 and 4.8: the form of packets, their identifiers, and what ends a connection.
@Suite("MQTT 3.1.1 sections 2 and 4.8: the form of packets")
struct PacketFormTests {
    @Test("[MQTT-2.2.2-1] what the server sends has the reserved flags as the table has them")
    func flagsOfAnswers() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.subscribe(1, ("t", 2)))
        try client.expect([0x90, 3, 0, 1, 2])
        let publisher = try client.sibling("publisher")
        try publisher.send(Packet.publish("t", "x", qos: 2, id: 3))
        try publisher.expect([0x50, 2, 0, 3])
        try publisher.send(Packet.pubrel(3))
        try publisher.expect([0x70, 2, 0, 3])
        let message = try client.message()
        let id = message.id
        #expect(message.bytes == Packet.publish("t", "x", qos: 2, id: id))
        try client.send(Packet.pubrec(id))
        try client.expect([0x62, 2, UInt8(id >> 8), UInt8(id & 0xFF)])
        try client.send(Packet.pubcomp(id), Packet.publish("other", qos: 1, id: 4), Packet.unsubscribe(5, "t"))
        try client.expect([0x40, 2, 0, 4], [0xB0, 2, 0, 5])
        try client.send(Packet.pingreq)
        try client.expect([0xD0, 0])
    }

    /// Packets that are right but for their flags.
    static let wrongFlags: [[UInt8]] = [
        [0x41, 2, 0, 1], [0x51, 2, 0, 1], [0x60, 2, 0, 1], [0x63, 2, 0, 1], [0x72, 2, 0, 1],
        Packet.raw(0x80, Packet.number(1) + Packet.field("a") + [0]),
        Packet.raw(0x83, Packet.number(1) + Packet.field("a") + [0]),
        Packet.raw(0xA0, Packet.number(1) + Packet.field("a")), Packet.raw(0xA6, Packet.number(1) + Packet.field("a")),
        [0xC1, 0], [0xE1, 0],
    ]

    @Test("[MQTT-2.2.2-2] wrong flags end the connection", arguments: wrongFlags)
    func flags(_ packet: [UInt8]) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(packet)
        try client.expectEnd()
    }

    @Test("[MQTT-2.2.2-2] [MQTT-3.1.4-1] wrong flags of CONNECT end the connection without CONNACK")
    func flagsOfConnect() throws {
        let client = try BrokerUnderTest().client()
        var packet = Packet.connect("a")
        packet[0] = 0x11
        try client.send(packet)
        try client.expectEnd()
    }

    @Test("[MQTT-3.6.1-1] PUBREL with other flags than 0010 ends the connection", arguments: [0x60, 0x61, 0x63, 0x6A])
    func flagsOfPubrel(_ first: UInt8) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.publish("t", qos: 2, id: 1))
        try client.expect(Packet.pubrec(1))
        try client.send([first, 2, 0, 1])
        try client.expectEnd()
    }

    @Test("[MQTT-2.3.1-1] packet identifier 0 ends the connection, where one is needed")
    func identifierZero() throws {
        let broker = try BrokerUnderTest()
        for packet in [
            Packet.publish("t", "x", qos: 1, id: 0), Packet.publish("t", "x", qos: 2, id: 0),
            Packet.subscribe(0, ("t", 0)), Packet.unsubscribe(0, "t"),
        ] {
            #expect(try broker.messages(after: packet) == [])
        }
    }

    @Test(
        "[MQTT-2.3.1-1] [MQTT-2.3.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] messages in flight have different identifiers"
    )
    func identifiersInFlight() throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.send(Packet.subscribe(1, ("one", 1), ("two", 2)))
        try subscriber.expect(Packet.suback(1, 1, 2))
        let publisher = try broker.connect("publisher")
        var identifiers: Set<UInt16> = []
        for number in 0..<8 {
            let qos = UInt8(number % 2 + 1)
            try publisher.publish(qos == 1 ? "one" : "two", "\(number)", qos: qos)
            let message = try subscriber.message()
            #expect(message.qos == qos && !message.isDuplicate && message.payload == "\(number)")
            #expect(identifiers.insert(message.id).inserted)
        }
        #expect(!identifiers.contains(0))
    }

    @Test("[MQTT-2.3.1-5] a QoS 0 PUBLISH has no identifier: its payload begins after the topic, in and out")
    func noIdentifier() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.subscribe("t", qos: 2)
        try client.send([0x30, 5, 0, 1, 0x74, 0, 9])
        try client.expect([0x30, 5, 0, 1, 0x74, 0, 9])
    }

    @Test(
        "[MQTT-2.3.1-6] PUBACK, PUBREC and PUBCOMP carry the identifier of their PUBLISH",
        arguments: [1, 255, 256, 65535])
    func identifiersOfAnswers(_ id: UInt16) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.publish("t", qos: 1, id: id))
        try client.expect(Packet.puback(id))
        try client.send(Packet.publish("t", qos: 2, id: id))
        try client.expect(Packet.pubrec(id))
        try client.send(Packet.pubrel(id))
        try client.expect(Packet.pubcomp(id))
    }

    @Test("[MQTT-2.3.1-7] SUBACK and UNSUBACK carry the identifier of their request", arguments: [1, 255, 256, 65535])
    func identifiersOfSubscriptions(_ id: UInt16) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.subscribe(id, ("t", 1)), Packet.unsubscribe(id, "t"))
        try client.expect(Packet.suback(id, 1), Packet.unsuback(id))
    }

    /// What breaks the protocol after CONNECT: packets of a server, types that do not exist, bodies that are too short
    /// or too long, a remaining length of five bytes.
    static let violations: [[UInt8]] = [
        [0x20, 2, 0, 0], [0x90, 3, 0, 1, 0], [0xB0, 2, 0, 1], [0xD0, 0], [0x00, 0], [0xF0, 0], [0x40, 1, 0],
        [0x40, 3, 0, 1, 0], [0x40, 2, 0, 0], [0x62, 2, 0, 0], [0xC0, 1, 0], [0xE0, 1, 0],
        [0x30, 0], [0x30, 1, 0], [0x30, 3, 0, 5, 0x61], [0x32, 4, 0, 1, 0x61, 0],
        [0x82, 4, 0, 1, 0, 0], [0x82, 5, 0, 1, 0, 1, 0x61], [0x82, 6, 0, 1, 0, 9, 0x61, 0],
        [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xC0, 0x80, 0x80, 0x80, 0x80, 0x00],
    ]

    @Test(
        "[MQTT-4.8.0-1] a violation of the protocol ends the connection it came on, and no other", arguments: violations
    )
    func violation(_ packet: [UInt8]) throws {
        let broker = try BrokerUnderTest()
        let other = try broker.connect("other")
        let client = try broker.connect("a", will: Packet.Will("will", "gone"))
        try other.subscribe("will")
        try client.send(packet)
        try client.expectEnd()
        try other.expect(Packet.publish("will", "gone"))
        try other.expectNothing()
    }

    @Test("[MQTT-4.8.0-2] a client that goes beyond what the server keeps is answered or cut off, never ignored")
    func transientError() throws {
        let broker = try BrokerUnderTest()
        let other = try broker.connect("other")
        let client = try broker.connect("a")
        let published = (1...10_000).map { Packet.publish("t", qos: 2, id: $0) }
        var answered = 0
        var ended = false
        for first in stride(from: 0, to: published.count, by: 1_000) where !ended {
            let batch = published[first..<min(first + 1_000, published.count)]
            try client.send(Array(batch.joined()))
            for _ in batch {
                guard let packet = try client.next() else {
                    ended = true
                    break
                }
                answered += 1
                #expect(packet.bytes == Packet.pubrec(UInt16(answered)))
            }
        }
        #expect(ended || answered == published.count)
        try other.expectNothing()
    }

    @Test("[MQTT-7.1.1-1] bytes in any pieces are the same packets: the transport is a stream")
    func pieces() throws {
        let client = try BrokerUnderTest().client()
        for byte in Packet.connect("a") + Packet.subscribe(1, ("t", 0)) + Packet.publish("t", "x") {
            try client.send([byte])
        }
        try client.expect(Packet.connack(), Packet.suback(1, 0), Packet.publish("t", "x"))
    }
}
