import Testing

/// Section 3.3.1.3: retained messages.
@Suite("MQTT 3.1.1 section 3.3.1.3: retained messages")
struct RetainTests {
    @Test(
        "[MQTT-3.3.1-5] [MQTT-3.3.1-8] a retained message is kept with its QoS, and sent with RETAIN 1",
        arguments: [0, 1, 2])
    func kept(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "kept", qos: qos, retain: true)
        for _ in 0..<2 {
            let subscriber = try broker.connect("subscriber")
            try subscriber.subscribe("t", qos: 2)
            let message = try subscriber.message()
            #expect(message.payload == "kept" && message.qos == qos && message.isRetained && !message.isDuplicate)
        }
    }

    @Test("[MQTT-3.3.1-6] a new subscription brings the last retained message of every topic that it matches")
    func lastOfEach() throws {
        let broker = try BrokerUnderTest()
        let publisher = try broker.connect("publisher")
        for (topic, payload) in [("a/1", "old"), ("a/1", "one"), ("a/2", "two"), ("a/b/c", "deep"), ("b", "other")] {
            try publisher.publish(topic, payload, qos: 1, retain: true)
        }
        let subscriber = try broker.connect("subscriber")
        for (filter, expected) in [
            ("a/+", ["a/1 one", "a/2 two"]), ("a/#", ["a/1 one", "a/2 two", "a/b/c deep"]), ("+", ["b other"]),
            ("none", []),
        ] {
            try subscriber.subscribe(filter)
            let messages = try subscriber.settle()
            #expect(messages.allSatisfy { $0.isRetained })
            #expect(messages.map { "\($0.topic) \($0.payload)" }.sorted() == expected)
        }
    }

    @Test("[MQTT-3.3.1-7] a retained QoS 0 message takes the place of the one before")
    func replacedByQoS0() throws {
        let broker = try BrokerUnderTest()
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "old", qos: 1, retain: true)
        try publisher.publish("t", "new", qos: 0, retain: true)
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t", qos: 2)
        try subscriber.expect(Packet.publish("t", "new", retain: true))
        try subscriber.expectNothing()
    }

    @Test("[MQTT-3.3.1-9] to a subscriber that is there a message goes with RETAIN 0", arguments: [0, 1, 2])
    func notRetainedForPresent(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t", qos: 2)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "x", qos: qos, retain: true)
        let message = try subscriber.message()
        #expect(message.payload == "x" && message.qos == qos && !message.isRetained)
    }

    @Test(
        "[MQTT-3.3.1-10] [MQTT-3.3.1-11] an empty retained message is delivered, removes the one before and is not kept"
    )
    func removed() throws {
        let broker = try BrokerUnderTest()
        let present = try broker.connect("present")
        try present.subscribe("t", qos: 0)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "kept", qos: 1, retain: true)
        try publisher.publish("t", "", qos: 1, retain: true)
        try publisher.publish("never", "", qos: 1, retain: true)
        try present.expect(Packet.publish("t", "kept"), Packet.publish("t", ""))
        let late = try broker.connect("late")
        try late.subscribe("#")
        try late.expectNothing()
    }

    @Test("[MQTT-3.3.1-12] a message with RETAIN 0 neither is kept nor removes what is", arguments: ["x", ""])
    func notStored(_ payload: String) throws {
        let broker = try BrokerUnderTest()
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "kept", qos: 1, retain: true)
        try publisher.publish("t", payload, qos: 1)
        try publisher.publish("u", payload, qos: 1)
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("#")
        try subscriber.expect(Packet.publish("t", "kept", retain: true))
        try subscriber.expectNothing()
    }

    @Test("[MQTT-3.8.4-3] [MQTT-3.3.1-6] to subscribe again brings the retained message again")
    func again() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.connect("a")
        try client.publish("t", "kept", qos: 1, retain: true)
        for _ in 0..<3 {
            try client.subscribe("t", qos: 1)
            let message = try client.message()
            #expect(message.payload == "kept" && message.isRetained)
            try client.send(Packet.puback(message.id))
        }
        try client.expectNothing()
    }

    @Test(
        "[MQTT-3.3.1-5] a retained message for a client that is gone reaches it like any other: kept for it, RETAIN 0")
    func forAbsent() throws {
        let broker = try BrokerUnderTest()
        let sleeper = try broker.connect("sleeper", clean: false)
        try sleeper.subscribe("t", qos: 1)
        try sleeper.disconnect()
        try broker.connect("publisher").publish("t", "x", qos: 1, retain: true)
        let again = try broker.connect("sleeper", clean: false, present: true)
        let message = try again.message()
        #expect(message.payload == "x" && !message.isRetained)
        try again.expectNothing()
    }
}
