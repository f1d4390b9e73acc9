import Testing

/// Sections 3.1.2.4, 3.2.2.2, 4.1, 4.4 and 4.5: sessions.
@Suite("MQTT 3.1.1 sections 3.1.2.4, 4.1, 4.4 and 4.5: sessions")
struct SessionTests {
    /// A client with a persistent session that has one subscription and is gone.
    private func leave(_ broker: BrokerUnderTest, _ filter: String, qos: UInt8) throws {
        let client = try broker.connect("sleeper", clean: false)
        try client.subscribe(filter, qos: qos)
        try client.disconnect()
    }

    @Test("[MQTT-3.1.2-4] [MQTT-3.2.2-2] [MQTT-4.1.0-1] a persistent session is there again, with its subscriptions")
    func resumed() throws {
        let broker = try BrokerUnderTest()
        try leave(broker, "t", qos: 1)
        let again = try broker.connect("sleeper", clean: false, present: true)
        try again.send(Packet.publish("t", "x"))
        try again.expect(Packet.publish("t", "x"))
        again.drop()
        let third = try broker.connect("sleeper", clean: false, present: true)
        try third.send(Packet.publish("t", "y"))
        try third.expect(Packet.publish("t", "y"))
    }

    @Test("[MQTT-3.1.2-4] [MQTT-3.2.2-3] the first connection with clean session 0 makes a session: none is present")
    func created() throws {
        let broker = try BrokerUnderTest()
        _ = try broker.connect("new", clean: false, present: false)
    }

    @Test("[MQTT-3.2.2-1] [MQTT-3.1.4-3] with clean session 1 no session is present, whatever was there")
    func cleanIsNotPresent() throws {
        let broker = try BrokerUnderTest()
        try leave(broker, "t", qos: 1)
        _ = try broker.connect("sleeper", clean: true, present: false)
    }

    @Test(
        "[MQTT-3.1.2-5] [MQTT-4.5.0-1] QoS 1 and 2 messages for a client that is gone are kept for it",
        arguments: [1, 2])
    func stored(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        try leave(broker, "t/+", qos: 2)
        let publisher = try broker.connect("publisher")
        for number in 0..<3 { try publisher.publish("t/\(number)", "message \(number)", qos: qos) }
        try publisher.publish("elsewhere", "not for it", qos: qos)
        let again = try broker.connect("sleeper", clean: false, present: true)
        for number in 0..<3 {
            let message = try again.message()
            #expect(message.topic == "t/\(number)" && message.payload == "message \(number)" && message.qos == qos)
            #expect(!message.isRetained)
        }
        try again.expectNothing()
    }

    @Test("[MQTT-3.1.2-5] [MQTT-4.5.0-1] a message is kept for every session that has subscribed to it")
    func storedForAll() throws {
        let broker = try BrokerUnderTest()
        for name in ["one", "two", "three"] {
            let client = try broker.connect(name, clean: false)
            try client.subscribe(name == "three" ? "other" : "t", qos: 1)
            name == "one" ? client.drop() : try client.disconnect()
        }
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "x", qos: 1)
        for name in ["one", "two"] {
            let client = try broker.connect(name, clean: false, present: true)
            #expect(try client.message().payload == "x")
        }
        try broker.connect("three", clean: false, present: true).expectNothing()
    }

    @Test("[MQTT-3.1.2-6] [MQTT-3.1.4-3] clean session 1 discards the old session: subscriptions and messages")
    func discarded() throws {
        let broker = try BrokerUnderTest()
        try leave(broker, "t", qos: 1)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "kept", qos: 1)
        let clean = try broker.connect("sleeper", clean: true)
        try publisher.publish("t", "now", qos: 1)
        try clean.expectNothing()
        try clean.disconnect()
        try broker.connect("sleeper", clean: false, present: false).expectNothing()
    }

    @Test("[MQTT-3.1.2-6] a clean session is gone with its connection, and nothing of it is used again")
    func endsWithConnection() throws {
        let broker = try BrokerUnderTest()
        for ends in [true, false] {
            let clean = try broker.connect("a", clean: true)
            try clean.subscribe("t", qos: 1)
            if ends { try clean.disconnect() } else { clean.drop() }
            let publisher = try broker.connect("publisher")
            try publisher.publish("t", "x", qos: 1)
            let next = try broker.connect("a", clean: false, present: false)
            try publisher.publish("t", "y", qos: 1)
            try next.expectNothing()
            try next.disconnect()
        }
    }

    @Test("[MQTT-3.1.2-7] retained messages outlive the session of their sender", arguments: [true, false])
    func retainedStays(_ clean: Bool) throws {
        let broker = try BrokerUnderTest()
        let sender = try broker.connect("sender", clean: clean)
        try sender.publish("t", "kept", qos: 1, retain: true)
        try sender.disconnect()
        try broker.connect("sender", clean: true).disconnect()
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t")
        try subscriber.expect(Packet.publish("t", "kept", retain: true))
    }

    @Test(
        "[MQTT-4.1.0-2] [MQTT-4.1.0-1] a clean session lasts as long as its connection: so does what it subscribed to")
    func lasts() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.connect("a")
        try client.subscribe("t", qos: 1)
        let publisher = try broker.connect("publisher")
        for number in 0..<100 {
            try publisher.publish("t", "\(number)", qos: 1)
            let message = try client.message()
            #expect(message.payload == "\(number)")
            try client.send(Packet.puback(message.id))
        }
    }

    @Test("[MQTT-3.2.0-1] CONNACK comes before the messages of the session")
    func connackFirst() throws {
        let broker = try BrokerUnderTest()
        try leave(broker, "t", qos: 1)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "x", qos: 1)
        let again = try broker.client()
        try again.send(Packet.connect("sleeper", clean: false))
        try again.expect(Packet.connack(present: true))
        #expect(try again.message().payload == "x")
    }

    @Test(
        "[MQTT-4.4.0-1] [MQTT-3.3.1-1] [MQTT-2.3.1-4] what was not acknowledged is sent again: same identifier, DUP 1",
        arguments: [1, 2])
    func sentAgain(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let first = try broker.connect("a", clean: false)
        try first.subscribe("t", qos: 2)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "x", qos: qos)
        let message = try first.message()
        #expect(!message.isDuplicate)
        first.drop()
        for _ in 0..<2 {
            let again = try broker.connect("a", clean: false, present: true)
            try again.expect(Packet.publish("t", "x", qos: qos, id: message.id, duplicate: true))
            again.drop()
        }
        let last = try broker.connect("a", clean: false, present: true)
        #expect(try last.message().id == message.id)
        try last.send(qos == 1 ? Packet.puback(message.id) : Packet.pubrec(message.id))
        if qos == 2 {
            try last.expect(Packet.pubrel(message.id))
            try last.send(Packet.pubcomp(message.id))
        }
        try last.expectNothing()
        last.drop()
        try broker.connect("a", clean: false, present: true).expectNothing()
    }

    @Test("[MQTT-4.4.0-1] a PUBREL that was not completed is sent again, and the message is not")
    func releasedAgain() throws {
        let broker = try BrokerUnderTest()
        let first = try broker.connect("a", clean: false)
        try first.subscribe("t", qos: 2)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "x", qos: 2)
        let message = try first.message()
        try first.send(Packet.pubrec(message.id))
        try first.expect(Packet.pubrel(message.id))
        first.drop()
        let again = try broker.connect("a", clean: false, present: true)
        try again.expect(Packet.pubrel(message.id))
        try again.send(Packet.pubcomp(message.id))
        try again.expectNothing()
    }

    @Test(
        "[MQTT-4.3.3-2] [MQTT-4.1.0-1] a QoS 2 message that the client sends again after it was cut off is not doubled")
    func notDoubledAfterReconnect() throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("t", qos: 0)
        let first = try broker.connect("a", clean: false)
        try first.send(Packet.publish("t", "x", qos: 2, id: 5))
        try first.expect(Packet.pubrec(5))
        first.drop()
        let again = try broker.connect("a", clean: false, present: true)
        try again.send(Packet.publish("t", "x", qos: 2, id: 5, duplicate: true))
        try again.expect(Packet.pubrec(5))
        try again.send(Packet.pubrel(5))
        try again.expect(Packet.pubcomp(5))
        try witness.expect(Packet.publish("t", "x"))
        try witness.expectNothing()
    }

    @Test("[MQTT-4.6.0-1] messages are sent again in the order in which they were sent", arguments: [1, 2])
    func order(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let first = try broker.connect("a", clean: false)
        try first.subscribe("#", qos: 2)
        let publisher = try broker.connect("publisher")
        var sent: [UInt16] = []
        for number in 0..<10 {
            try publisher.publish("t/\(number % 3)", "\(number)", qos: qos)
            sent.append(try first.message().id)
        }
        first.drop()
        let again = try broker.connect("a", clean: false, present: true)
        for number in 0..<10 {
            let message = try again.message()
            #expect(message.payload == "\(number)" && message.id == sent[number] && message.isDuplicate)
        }
    }
}
