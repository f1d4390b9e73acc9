import Testing

/// Section 3.1 and 3.2, without sessions and wills: the form of CONNECT and the answer to it.
@Suite("MQTT 3.1.1 sections 3.1 and 3.2: CONNECT and CONNACK")
struct ConnectTests {
    @Test("[MQTT-3.1.4-4] [MQTT-3.2.0-1] a good CONNECT is answered with CONNACK 0, before anything else")
    func accepted() throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect("a"), Packet.pingreq)
        try client.expect([0x20, 2, 0, 0], Packet.pingresp)
    }

    @Test("[MQTT-3.1.0-1] any other packet before CONNECT ends the connection without an answer")
    func connectFirst() throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("#")
        for packet in [
            Packet.pingreq, Packet.publish("t", "x"), Packet.publish("t", "x", qos: 1, id: 1), Packet.disconnect,
            Packet.subscribe(1, ("t", 0)), Packet.puback(1),
        ] {
            let client = try broker.client()
            try client.send(packet, Packet.connect("a"))
            try client.expectEnd()
        }
        try witness.expectNothing()
    }

    @Test("[MQTT-3.1.0-2] a second CONNECT ends the connection")
    func secondConnect() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.connect("a")
        try client.send(Packet.connect("a"))
        try client.expectEnd()
        let other = try broker.client()
        try other.send(Packet.connect("b"), Packet.connect("c"))
        try other.expect(Packet.connack())
        try other.expectEnd()
    }

    @Test(
        "[MQTT-3.1.2-1] another protocol's name is not served as MQTT", arguments: ["MQTX", "mqtt", "MQT", "MQTTT", ""])
    func protocolName(_ name: String) throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(name: name, flags: 0x02, payload: Packet.field("a")))
        try client.expectEnd()
    }

    @Test(
        "[MQTT-3.1.2-2] [MQTT-3.2.2-4] [MQTT-3.2.2-5] another protocol level gets CONNACK 1 and the end",
        arguments: [0, 3, 5, 6, 255])
    func protocolLevel(_ level: UInt8) throws {
        let client = try BrokerUnderTest().client()
        // MQTT 5 has the length of its properties before the client ID: 0 here.
        let payload = (level == 5 ? [0] : []) + Packet.field("a")
        try client.send(Packet.connect(level: level, flags: 0x02, payload: payload))
        try client.expect([0x20, 2, 0, 1])
        try client.expectEnd()
    }

    @Test("[MQTT-3.1.2-2] MQTT 3.1 gets CONNACK 1 and the end")
    func oldVersion() throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(name: "MQIsdp", level: 3, flags: 0x02, payload: Packet.field("a")))
        try client.expect([0x20, 2, 0, 1])
        try client.expectEnd()
    }

    @Test("[MQTT-3.1.2-3] the reserved flag ends the connection without CONNACK")
    func reservedFlag() throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(flags: 0x03, payload: Packet.field("a")))
        try client.expectEnd()
    }

    static let id = Packet.field("a")
    static let name = Packet.field("x")

    /// Flags and payloads that do not fit together.
    static let unfit: [(String, UInt8, [UInt8])] = [
        ("[MQTT-3.1.2-9] will flag, no will", 0x06, id), ("[MQTT-3.1.2-9] will flag, no message", 0x06, id + name),
        ("[MQTT-3.1.2-11] will in the payload, no flag", 0x02, id + name + name),
        ("[MQTT-3.1.2-13] will QoS 1, no will flag", 0x0A, id), ("[MQTT-3.1.2-13] will QoS 2", 0x12, id),
        ("[MQTT-3.1.2-14] will QoS 3", 0x1E, id + name + name), ("[MQTT-3.1.2-15] will retain", 0x22, id),
        ("[MQTT-3.1.2-18] user name in the payload, no flag", 0x02, id + name),
        ("[MQTT-3.1.2-19] user name flag, no user name", 0x82, id),
        ("[MQTT-3.1.2-20] password in the payload, no flag", 0x82, id + name + name),
        ("[MQTT-3.1.2-21] password flag, no password", 0xC2, id + name),
        ("[MQTT-3.1.2-22] password flag, no user name flag", 0x42, id + name),
        ("[MQTT-3.1.3-3] no client ID", 0x02, []),
        ("client ID cut short", 0x02, [0, 5, 0x61]), ("half a length", 0x02, [0]),
    ]

    @Test(
        """
        [MQTT-3.1.4-1] [MQTT-3.2.2-6] [MQTT-3.1.2-9] [MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT-3.1.2-14] [MQTT-3.1.2-15] \
        [MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT-3.1.2-20] [MQTT-3.1.2-21] [MQTT-3.1.2-22] [MQTT-3.1.3-3] \
        flags and payload that do not fit end the connection without CONNACK
        """, arguments: unfit)
    func form(_ name: String, _ flags: UInt8, _ payload: [UInt8]) throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(flags: flags, payload: payload))
        try client.expectEnd()
    }

    @Test("[MQTT-3.1.3-1] client ID, will topic, will message, user name and password are read in this order")
    func order() throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("#")
        let client = try broker.client()
        let will = Packet.Will("will/topic", "will message")
        try client.send(Packet.connect("id", will: will, user: "will/name", password: "secret"))
        try client.expect(Packet.connack())
        // Another client of the ID ends this one: so the first field was the ID.
        let second = try broker.connect("id")
        try client.expectEnd()
        try witness.expect(Packet.publish("will/topic", "will message"))
        try second.expectNothing()
    }

    @Test("[MQTT-3.1.3-2] sessions are told apart by the client ID, byte for byte")
    func identity() throws {
        let broker = try BrokerUnderTest()
        let lower = try broker.connect("name", clean: false)
        try lower.subscribe("lower", qos: 1)
        try lower.disconnect()
        let upper = try broker.connect("Name", clean: false)
        try upper.publish("lower", "x", qos: 1)
        try upper.disconnect()
        let again = try broker.connect("name", clean: false, present: true)
        #expect(try again.message().payload == "x")
    }

    @Test("[MQTT-3.1.3-5] client IDs of 1 to 23 letters and digits are let in, all 62 characters")
    func clientIDs() throws {
        let broker = try BrokerUnderTest()
        let characters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for character in characters { _ = try broker.connect(String(character)) }
        for length in 1...23 { _ = try broker.connect(String(characters[(62 - length)...])) }
    }

    @Test("[MQTT-3.1.3-6] an empty client ID with a clean session gets an identity of its own")
    func emptyClientID() throws {
        let broker = try BrokerUnderTest()
        let first = try broker.connect("")
        try first.subscribe("t")
        let second = try broker.connect("")
        try second.publish("t", "x")
        try first.expect(Packet.publish("t", "x"))
        try second.expectNothing()
    }

    @Test(
        """
        [MQTT-3.1.3-7] [MQTT-3.1.3-8] [MQTT-3.1.3-9] [MQTT-3.2.2-4] [MQTT-3.2.2-5] \
        an empty client ID with a persistent session gets CONNACK 2 and the end
        """
    )
    func emptyPersistent() throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect("", clean: false))
        try client.expect([0x20, 2, 0, 2])
        try client.expectEnd()
    }

    @Test("[MQTT-3.1.4-5] nothing that follows a refused CONNECT is looked at")
    func afterRefusal() throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("#")
        for refused in [
            Packet.connect("", clean: false), Packet.connect(level: 6, flags: 0x02, payload: Packet.field("a")),
        ] {
            let client = try broker.client()
            try client.send(refused + Packet.publish("t", "x") + Packet.connect("b") + Packet.publish("t", "y"))
            while try client.next() != nil {}
        }
        try witness.expectNothing()
    }

    @Test("[MQTT-3.1.4-2] a second connection of a client ends the first one")
    func takeover() throws {
        let broker = try BrokerUnderTest()
        for clean in [true, false] {
            let first = try broker.connect("a", clean: clean)
            let second = try broker.client()
            try second.send(Packet.connect("a", clean: clean))
            try second.expect(Packet.connack(present: !clean))
            try first.expectEnd()
            try second.expectNothing()
            try second.disconnect()
        }
    }

    @Test("[MQTT-3.1.0-2] [MQTT-3.1.4-1] CONNECT with bytes left over ends the connection without CONNACK")
    func trailingBytes() throws {
        let client = try BrokerUnderTest().client()
        try client.send(Packet.connect(flags: 0x02, payload: Packet.field("a") + [0]))
        try client.expectEnd()
    }
}
