import Testing

/// Sections 3.8 to 3.11: SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK.
@Suite("MQTT 3.1.1 sections 3.8 to 3.11: subscriptions")
struct SubscribeTests {
    @Test(
        "[MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-5] SUBACK: the identifier, the QoS granted",
        arguments: [0, 1, 2])
    func answered(_ qos: UInt8) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.subscribe(0x1234, ("t", qos)))
        try client.expect([0x90, 3, 0x12, 0x34, qos])
    }

    @Test("[MQTT-3.8.1-1] other flags of SUBSCRIBE than 0010 end the connection", arguments: [0x80, 0x81, 0x83, 0x8A])
    func flags(_ first: UInt8) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.raw(first, Packet.number(1) + Packet.field("t") + [0]))
        try client.expectEnd()
    }

    @Test("[MQTT-3.8.3-2] wildcards in filters are supported: granted, and they match")
    func wildcards() throws {
        let client = try BrokerUnderTest().connect("a")
        for filter in ["a/+/x", "b/#"] { try client.subscribe(filter) }
        for topic in ["a/1/x", "b/c/d"] {
            try client.send(Packet.publish(topic))
            try client.expect(Packet.publish(topic))
        }
    }

    @Test("[MQTT-3.8.3-3] a SUBSCRIBE without a filter ends the connection")
    func noFilter() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send([0x82, 2, 0, 1])
        try client.expectEnd()
    }

    @Test("[MQTT-3-8.3-4] reserved bits or QoS 3 in SUBSCRIBE end the connection", arguments: [3, 4, 0x80, 0x41, 0xFF])
    func requestedQuality(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        for packet in [Packet.subscribe(1, ("t", qos)), Packet.subscribe(1, ("t", 1), ("u", qos))] {
            let client = try broker.connect("a")
            try client.send(packet)
            try client.expectEnd()
        }
    }

    @Test("[MQTT-3.8.4-3] a filter again replaces its subscription: the new QoS holds, one message comes")
    func replaced() throws {
        let client = try BrokerUnderTest().connect("a")
        let publisher = try client.sibling("publisher")
        for qos: UInt8 in [2, 0, 1] {
            try client.subscribe("t", qos: qos)
            try publisher.publish("t", "x", qos: 2)
            #expect(try client.message().qos == qos)
            try client.expectNothing()
        }
    }

    @Test(
        "[MQTT-3.8.4-4] [MQTT-3.9.3-1] [MQTT-3.8.4-5] several filters: one SUBACK, a code for each"
    )
    func several() throws {
        let broker = try BrokerUnderTest(refusing: ["no/#", "never"])
        let client = try broker.connect("a")
        try client.send(Packet.subscribe(3, ("a", 2), ("no/#", 1), ("b/+", 0), ("never", 2), ("a", 1), ("c/#", 1)))
        try client.expect([0x90, 8, 0, 3, 2, 0x80, 0, 0x80, 1, 1])
        // The last word on a filter holds, as if each had been a packet of its own.
        try broker.connect("publisher").publish("a", "x", qos: 2)
        #expect(try client.message().qos == 1)
        for topic in ["never", "no/x"] { try client.send(Packet.publish(topic)) }
        try client.expectNothing()
    }

    @Test("[MQTT-3.9.3-2] [MQTT-3.8.4-5] a refused filter gets 0x80, a granted one 0, 1 or 2: no other code")
    func codes() throws {
        let client = try BrokerUnderTest(refusing: ["never"]).connect("a")
        try client.send(Packet.subscribe(1, ("never", 0), ("t", 0), ("t", 1), ("t", 2)))
        try client.expect(Packet.suback(1, 0x80, 0, 1, 2))
    }

    @Test("[MQTT-3.8.4-6] a message comes with the lower of its own QoS and the granted one")
    func lowerQuality() throws {
        let broker = try BrokerUnderTest()
        let publisher = try broker.connect("publisher")
        for granted: UInt8 in 0...2 {
            for published: UInt8 in 0...2 {
                let client = try broker.connect("a")
                try client.subscribe("t", qos: granted)
                try publisher.publish("t", "x", qos: published)
                #expect(try client.message().qos == min(granted, published))
            }
        }
    }

    @Test("[MQTT-3.10.4-4] UNSUBSCRIBE is answered with UNSUBACK of its identifier")
    func unsubscribed() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.subscribe("t")
        try client.send(Packet.unsubscribe(0x1234, "t"))
        try client.expect([0xB0, 2, 0x12, 0x34])
    }

    @Test(
        "[MQTT-3.10.1-1] other flags of UNSUBSCRIBE than 0010 end the connection", arguments: [0xA0, 0xA1, 0xA3, 0xAA])
    func unsubscribeFlags(_ first: UInt8) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.raw(first, Packet.number(1) + Packet.field("t")))
        try client.expectEnd()
    }

    @Test("[MQTT-3.10.3-2] an UNSUBSCRIBE without a filter ends the connection")
    func unsubscribeNothing() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send([0xA2, 2, 0, 1])
        try client.expectEnd()
    }

    @Test("[MQTT-3.10.4-1] filters are compared character by character: a wildcard removes only itself")
    func exactly() throws {
        let client = try BrokerUnderTest().connect("a")
        for filter in ["a/b", "c/+"] { try client.subscribe(filter) }
        try client.send(Packet.unsubscribe(1, "a/+", "#", "A/b", "a/b/", "c/d"))
        try client.expect(Packet.unsuback(1))
        for topic in ["a/b", "c/d"] {
            try client.send(Packet.publish(topic))
            try client.expect(Packet.publish(topic))
        }
        try client.send(Packet.unsubscribe(2, "c/+"))
        try client.expect(Packet.unsuback(2))
        try client.send(Packet.publish("c/d"))
        try client.expectNothing()
    }

    @Test("[MQTT-3.10.4-2] after UNSUBACK no new message comes, now or for the session later")
    func noMore() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.connect("a", clean: false)
        try client.subscribe("t", qos: 1)
        try client.send(Packet.unsubscribe(1, "t"))
        try client.expect(Packet.unsuback(1))
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "x", qos: 1)
        try client.expectNothing()
        try client.disconnect()
        try publisher.publish("t", "y", qos: 1)
        try broker.connect("a", clean: false, present: true).expectNothing()
    }

    @Test("[MQTT-3.10.4-3] what is under way when a subscription is deleted is completed")
    func completed() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.connect("a", clean: false)
        try client.subscribe("t", qos: 2)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "one", qos: 1)
        try publisher.publish("t", "two", qos: 2)
        let one = try client.message()
        let two = try client.message()
        try client.send(Packet.unsubscribe(1, "t"), Packet.pubrec(two.id))
        try client.expect(Packet.unsuback(1), Packet.pubrel(two.id))
        client.drop()
        let again = try broker.connect("a", clean: false, present: true)
        let left = [try again.next()?.bytes, try again.next()?.bytes]
        #expect(left.contains(Packet.publish("t", "one", qos: 1, id: one.id, duplicate: true)))
        #expect(left.contains(Packet.pubrel(two.id)))
    }

    @Test("[MQTT-3.10.4-5] UNSUBACK comes also where nothing was subscribed")
    func unknown() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.unsubscribe(9, "never", "subscribed/#"))
        try client.expect(Packet.unsuback(9))
    }

    @Test("[MQTT-3.10.4-6] several filters in one UNSUBSCRIBE: all are deleted, one UNSUBACK")
    func unsubscribeSeveral() throws {
        let client = try BrokerUnderTest().connect("a")
        for filter in ["a", "b/#", "c"] { try client.subscribe(filter) }
        try client.send(Packet.unsubscribe(1, "a", "none", "b/#"))
        try client.expect(Packet.unsuback(1))
        for topic in ["a", "b/x", "c"] { try client.send(Packet.publish(topic)) }
        try client.expect(Packet.publish("c"))
        try client.expectNothing()
    }
}
