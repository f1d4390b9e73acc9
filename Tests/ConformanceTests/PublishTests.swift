import Testing

/// Sections 3.3, 4.3 and 4.6: messages, their quality of service and their order.
@Suite("MQTT 3.1.1 sections 3.3, 4.3 and 4.6: PUBLISH")
struct PublishTests {
    @Test("[MQTT-3.3.1-2] [MQTT-4.3.1-1] QoS 0 goes out with QoS 0, DUP 0 and once", arguments: [0, 1, 2])
    func atMostOnce(_ granted: UInt8) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.subscribe("t", qos: granted)
        try client.send(Packet.publish("t", "x"))
        try client.expect([0x30, 4, 0, 1, 0x74, 0x78])
        try client.expectNothing()
    }

    @Test("[MQTT-3.3.1-3] DUP of a message that comes in is not passed on", arguments: [1, 2])
    func duplicateFlag(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t", qos: 2)
        let publisher = try broker.connect("publisher")
        try publisher.send(Packet.publish("t", "x", qos: qos, id: 1, duplicate: true))
        // A server may pass a QoS 2 message on with PUBLISH or with PUBREL.
        if qos == 2 { try publisher.send(Packet.pubrel(1)) }
        let message = try subscriber.message()
        #expect(message.payload == "x" && message.qos == qos && !message.isDuplicate)
    }

    @Test("[MQTT-3.3.1-4] QoS 3 ends the connection")
    func qualityThree() throws {
        let broker = try BrokerUnderTest()
        #expect(try broker.messages(after: Packet.publish("t", "x", qos: 3, id: 1)) == [])
    }

    @Test(
        "[MQTT-3.3.2-2] [MQTT-4.7.1-1] a topic with a wildcard ends the connection",
        arguments: ["#", "+", "a/#", "a/+/b", "a+"])
    func wildcard(_ topic: String) throws {
        let broker = try BrokerUnderTest()
        #expect(try broker.messages(after: Packet.publish(topic, "x")) == [])
    }

    @Test("[MQTT-3.3.2-1] [MQTT-4.7.3-1] a PUBLISH without a topic, or with an empty one, ends the connection")
    func noTopic() throws {
        let broker = try BrokerUnderTest()
        for packet: [UInt8] in [[0x30, 0], [0x30, 2, 0, 0], [0x30, 3, 0, 0, 1], [0x30, 2, 0, 1]] {
            #expect(try broker.messages(after: packet) == [])
        }
    }

    @Test("[MQTT-3.3.2-3] the topic that is sent matches the filter and is the sender's, byte for byte")
    func topicOut() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.subscribe("a/+/c")
        for topic in ["a/b/c", "a//c", "a/ü/c", "a/ b /c"] {
            try client.send(Packet.publish(topic, topic))
            try client.expect(Packet.publish(topic, topic))
        }
        for topic in ["a/b", "a/b/c/d", "A/b/c", "b"] { try client.send(Packet.publish(topic)) }
        try client.expectNothing()
    }

    @Test("[MQTT-3.3.4-1] QoS 0 gets no answer, QoS 1 PUBACK, QoS 2 PUBREC and PUBCOMP")
    func answers() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.publish("t"), Packet.publish("t", qos: 1, id: 1), Packet.publish("t", qos: 2, id: 2))
        try client.expect(Packet.puback(1), Packet.pubrec(2))
        try client.send(Packet.pubrel(2))
        try client.expect(Packet.pubcomp(2))
        try client.expectNothing()
    }

    @Test("[MQTT-3.3.5-1] overlapping filters: the message comes with the highest QoS that one of them was granted")
    func overlapping() throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.send(Packet.subscribe(1, ("t/#", 1), ("t/+", 2), ("#", 0)))
        try subscriber.expect(Packet.suback(1, 1, 2, 0))
        let publisher = try broker.connect("publisher")
        for qos: UInt8 in [0, 1, 2] {
            try publisher.publish("t/a", "x", qos: qos)
            // The standard allows one message for all, or one for each filter in its own QoS.
            let messages = try subscriber.settle()
            #expect((messages.map { $0.qos }.max()) == qos)
            #expect(messages.count == 1 || messages.map { $0.qos }.sorted() == [0, 1, 2].map { min($0, qos) })
        }
    }

    @Test("[MQTT-4.3.2-1] [MQTT-2.3.1-4] a QoS 1 message is unacknowledged until PUBACK; then its identifier is free")
    func atLeastOnceOut() throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber", clean: false)
        try subscriber.subscribe("t", qos: 1)
        let publisher = try broker.connect("publisher")
        try publisher.publish("t", "one", qos: 1)
        try publisher.publish("t", "two", qos: 1)
        let one = try subscriber.message()
        let two = try subscriber.message()
        #expect(one.qos == 1 && two.qos == 1 && one.id != two.id)
        try subscriber.send(Packet.puback(one.id))
        try subscriber.expectNothing()
        subscriber.drop()
        let again = try broker.connect("subscriber", clean: false, present: true)
        try again.expect(Packet.publish("t", "two", qos: 1, id: two.id, duplicate: true))
        try again.send(Packet.puback(two.id))
        // Whatever identifier comes next, none is in use now.
        try publisher.publish("t", "three", qos: 1)
        let three = try again.message()
        #expect(three.payload == "three" && !three.isDuplicate)
    }

    @Test("[MQTT-4.3.2-2] after PUBACK the same identifier is a new message, whatever its DUP says")
    func atLeastOnceIn() throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t")
        let publisher = try broker.connect("publisher")
        for duplicate in [false, true, false] {
            try publisher.send(Packet.publish("t", "x", qos: 1, id: 1, duplicate: duplicate))
            try publisher.expect(Packet.puback(1))
            try subscriber.expect(Packet.publish("t", "x"))
        }
    }

    @Test("[MQTT-4.3.3-1] a QoS 2 message goes PUBLISH, PUBREC, PUBREL, PUBCOMP; nothing of it is left then")
    func exactlyOnceOut() throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber", clean: false)
        try subscriber.subscribe("t", qos: 2)
        try broker.connect("publisher").publish("t", "x", qos: 2)
        let message = try subscriber.message()
        #expect(message.bytes == Packet.publish("t", "x", qos: 2, id: message.id))
        try subscriber.send(Packet.pubrec(message.id))
        try subscriber.expect(Packet.pubrel(message.id))
        // PUBREC again is answered again.
        try subscriber.send(Packet.pubrec(message.id))
        try subscriber.expect(Packet.pubrel(message.id))
        try subscriber.send(Packet.pubcomp(message.id))
        try subscriber.expectNothing()
        subscriber.drop()
        try broker.connect("subscriber", clean: false, present: true).expectNothing()
    }

    @Test(
        "[MQTT-4.3.3-2] a QoS 2 PUBLISH again is answered, not delivered again; after PUBREL it is new"
    )
    func exactlyOnceIn() throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t")
        let publisher = try broker.connect("publisher")
        for _ in 0..<2 {
            for duplicate in [false, true, true] {
                try publisher.send(Packet.publish("t", "x", qos: 2, id: 1, duplicate: duplicate))
                try publisher.expect(Packet.pubrec(1))
            }
            try publisher.send(Packet.pubrel(1))
            try publisher.expect(Packet.pubcomp(1))
            // PUBREL again is answered again, for PUBCOMP may have been lost.
            try publisher.send(Packet.pubrel(1))
            try publisher.expect(Packet.pubcomp(1))
            try subscriber.expect(Packet.publish("t", "x"))
            try subscriber.expectNothing()
        }
    }

    @Test(
        "[MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT-4.6.0-4] the server's answers come in order"
    )
    func orderOfAnswers() throws {
        let client = try BrokerUnderTest().connect("a")
        let identifiers: [UInt16] = [7, 3, 65_535, 1, 9]
        try client.send(Array(identifiers.map { Packet.publish("t", qos: 1, id: $0) }.joined()))
        for id in identifiers { try client.expect(Packet.puback(id)) }
        try client.send(Array(identifiers.map { Packet.publish("t", qos: 2, id: $0) }.joined()))
        for id in identifiers { try client.expect(Packet.pubrec(id)) }
        try client.send(Array(identifiers.map { Packet.pubrel($0) }.joined()))
        for id in identifiers { try client.expect(Packet.pubcomp(id)) }
        try client.subscribe("u", qos: 2)
        let publisher = try client.sibling("publisher")
        var out: [UInt16] = []
        for _ in 0..<4 {
            try publisher.publish("u", "x", qos: 2)
            out.append(try client.message().id)
        }
        try client.send(Array(out.map { Packet.pubrec($0) }.joined()))
        for id in out { try client.expect(Packet.pubrel(id)) }
    }

    @Test(
        "[MQTT-4.6.0-5] [MQTT-4.6.0-6] every topic is ordered: the messages of one client arrive in its order",
        arguments: [0, 1, 2])
    func order(_ qos: UInt8) throws {
        let broker = try BrokerUnderTest()
        let subscriber = try broker.connect("subscriber")
        try subscriber.subscribe("t/#", qos: qos)
        let publisher = try broker.connect("publisher")
        let numbers = 0..<200
        for first in stride(from: 0, to: 200, by: 10) {
            let batch = (first..<(first + 10)).map { (number: $0, id: UInt16($0 + 1)) }
            try publisher.send(
                Array(batch.map { Packet.publish("t/\($0.number % 2)", "\($0.number)", qos: qos, id: $0.id) }.joined()))
            if qos == 1 { for entry in batch { try publisher.expect(Packet.puback(entry.id)) } }
            if qos == 2 {
                for entry in batch { try publisher.expect(Packet.pubrec(entry.id)) }
                try publisher.send(Array(batch.map { Packet.pubrel($0.id) }.joined()))
                for entry in batch { try publisher.expect(Packet.pubcomp(entry.id)) }
            }
        }
        var arrived: [Int] = []
        while arrived.count < numbers.count {
            guard let packet = try subscriber.next() else { break }
            if packet.isPublish {
                arrived.append(Int(packet.payload) ?? -1)
                if qos == 1 { try subscriber.send(Packet.puback(packet.id)) }
                if qos == 2 { try subscriber.send(Packet.pubrec(packet.id)) }
            } else if qos == 2 {
                try subscriber.send(Packet.pubcomp(packet.id))
            }
        }
        #expect(arrived == Array(numbers))
    }

    @Test("[MQTT-7.0.0-2] acknowledgements that nobody waits for change nothing")
    func strayAcknowledgements() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.puback(9), Packet.pubcomp(9))
        try client.expectNothing()
        try client.send(Packet.pubrel(9))
        try client.expect(Packet.pubcomp(9))
    }
}
