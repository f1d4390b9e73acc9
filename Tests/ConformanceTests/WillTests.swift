import Testing

/// Section 3.1.2.5 to 3.1.2.7: wills.
@Suite("MQTT 3.1.1 section 3.1.2.5: wills")
struct WillTests {
    private func witness(_ broker: BrokerUnderTest) throws -> RawClient {
        let witness = try broker.connect("witness")
        try witness.subscribe("will/#", qos: 2)
        return witness
    }

    /// How a connection may end without DISCONNECT.
    enum Ending: CaseIterable {
        case dropped, violation, takenOver, halfPacket
    }

    @Test(
        "[MQTT-3.1.2-8] the will is published when the connection ends without DISCONNECT", arguments: Ending.allCases)
    func published(_ ending: Ending) throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        let client = try broker.connect("a", will: Packet.Will("will/a", "gone"))
        try witness.expectNothing()
        var next: RawClient?
        switch ending {
        case .dropped: client.drop()
        case .violation: try client.send([0x00, 0x00])
        case .takenOver: next = try broker.connect("a")
        case .halfPacket:
            try client.send([0x30, 10, 0])
            client.drop()
        }
        try witness.expect(Packet.publish("will/a", "gone"))
        try witness.expectNothing()
        try next?.expectNothing()
    }

    @Test("[MQTT-3.1.2-8] the will of a persistent session is published too, though the session stays")
    func ofPersistentSession() throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        let client = try broker.connect("a", clean: false, will: Packet.Will("will/a", "gone"))
        client.drop()
        try witness.expect(Packet.publish("will/a", "gone"))
        _ = try broker.connect("a", clean: false, present: true)
    }

    @Test("[MQTT-3.1.2-10] [MQTT-3.14.4-3] DISCONNECT removes the will", arguments: [true, false])
    func removed(_ clean: Bool) throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        let client = try broker.connect("a", clean: clean, will: Packet.Will("will/a", "gone"))
        try client.disconnect()
        // The next connection has no will: that of the last one must not come back.
        let next = try broker.connect("a", clean: clean, present: !clean)
        next.drop()
        _ = try broker.connect("b").settle()
        try witness.expectNothing()
    }

    @Test("[MQTT-3.1.2-10] a will is published once: not again when the session's next connection ends")
    func once() throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        try broker.connect("a", clean: false, will: Packet.Will("will/a", "gone")).drop()
        try witness.expect(Packet.publish("will/a", "gone"))
        let next = try broker.connect("a", clean: false, present: true)
        try next.send([0x00, 0x00])
        try next.expectEnd()
        try witness.expectNothing()
    }

    @Test("[MQTT-3.1.2-12] without a will flag nothing is published at the end")
    func none() throws {
        let broker = try BrokerUnderTest()
        #expect(try broker.messages(after: [0x00, 0x00]) == [])
    }

    @Test("[MQTT-3.1.2-9] [MQTT-3.1.2-14] the will has the QoS that CONNECT gave it", arguments: [0, 1, 2])
    func quality(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        try broker.connect("a", will: Packet.Will("will/a", "gone", qos: qos)).drop()
        let message = try witness.message()
        #expect(message.qos == qos && message.payload == "gone" && message.topic == "will/a")
    }

    @Test(
        "[MQTT-3.1.2-16] [MQTT-3.1.2-17] a will is retained if CONNECT says so, and only then",
        arguments: [true, false])
    func retained(_ retain: Bool) throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        try broker.connect("a", will: Packet.Will("will/a", "gone", qos: 1, retain: retain)).drop()
        let message = try witness.message()
        #expect(message.payload == "gone" && !message.isRetained)
        let late = try broker.connect("late")
        try late.subscribe("will/a", qos: 0)
        if retain { try late.expect(Packet.publish("will/a", "gone", retain: true)) }
        try late.expectNothing()
    }

    @Test("[MQTT-3.1.2-8] an empty will message is published")
    func empty() throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        try broker.connect("a", will: Packet.Will("will/a", "")).drop()
        try witness.expect(Packet.publish("will/a", ""))
    }

    @Test("[MQTT-3.1.4-1] [MQTT-3.1.2-8] the will of a CONNECT that was not accepted is not published")
    func notAccepted() throws {
        let broker = try BrokerUnderTest()
        let witness = try witness(broker)
        let client = try broker.client()
        try client.send(Packet.connect("", clean: false, will: Packet.Will("will/a", "gone")))
        try client.expect(Packet.connack(2))
        try client.expectEnd()
        try witness.expectNothing()
    }
}
