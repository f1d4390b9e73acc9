import Testing

/// Sections 3.12 to 3.14.
@Suite("MQTT 3.1.1 sections 3.12 to 3.14: PINGREQ and DISCONNECT")
struct PingAndDisconnectTests {
    @Test("[MQTT-3.12.4-1] every PINGREQ is answered with PINGRESP")
    func ping() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.pingreq, Packet.pingreq, Packet.pingreq)
        try client.expect([0xD0, 0], [0xD0, 0], [0xD0, 0])
    }

    @Test(
        "[MQTT-3.14.1-1] reserved bits of DISCONNECT end the connection as a violation: its will is published",
        arguments: [0xE1, 0xE2, 0xEF])
    func reserved(_ first: UInt8) throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("will")
        let client = try broker.connect("a", will: Packet.Will("will", "gone"))
        try client.send([first, 0])
        try client.expectEnd()
        try witness.expect(Packet.publish("will", "gone"))
    }

    @Test("[MQTT-3.14.4-1] [MQTT-3.14.4-2] the server closes after DISCONNECT and looks at nothing that follows")
    func closes() throws {
        let broker = try BrokerUnderTest()
        #expect(try broker.messages(after: Packet.disconnect + Packet.publish("t", "x")) == [])
    }

    @Test("[MQTT-3.1.2-24] [MQTT-3.1.2-8] silence beyond the keep-alive ends the connection as if it had failed")
    func silence() throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("will")
        let client = try broker.client()
        try client.send(Packet.connect("a", keepAlive: 1, will: Packet.Will("will", "gone")))
        try client.expect(Packet.connack())
        try client.expectEnd()
        try witness.expect(Packet.publish("will", "gone"))
    }

    @Test("[MQTT-3.14.4-3] DISCONNECT right after CONNECT, in one piece, discards the will")
    func willAtOnce() throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("#")
        let client = try broker.client()
        try client.send(Packet.connect("a", will: Packet.Will("will", "gone")) + Packet.disconnect)
        try client.expect(Packet.connack())
        try client.expectEnd()
        try witness.expectNothing()
    }
}
