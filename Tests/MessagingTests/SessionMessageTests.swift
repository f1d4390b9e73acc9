import MQTT
import Testing

@testable import Messaging

@Suite struct SessionMessageTests {
    private func publish(_ topic: String, _ payload: [UInt8] = [7], _ delivery: Publish.Delivery = .atMostOnce) throws
        -> Packet
    {
        .publish(Publish(topic: try topic.topic(), payload: payload, delivery: delivery))
    }

    @Test("MSG-06: a QoS 0 message is passed on without an answer")
    func qos0() throws {
        let driver = try SessionDriver.connected()
        #expect(try driver.feed(publish("a/b")) == [.publish(topic: "a/b".utf8Bytes, payload: [7])])
        #expect(try driver.sent() == [])
    }

    @Test("a QoS 1 message is passed on and acknowledged; a repetition too")
    func qos1() throws {
        let driver = try SessionDriver.connected()
        for duplicate in [false, true] {
            let packet = try publish("a", [], .atLeastOnce(identifier(5), duplicate: duplicate))
            #expect(try driver.feed(packet) == [.publish(topic: "a".utf8Bytes, payload: [])])
            #expect(try driver.sent() == [.puback(identifier(5))])
        }
    }

    @Test("a QoS 2 message is passed on once, whatever is repeated before PUBREL")
    func qos2() throws {
        let driver = try SessionDriver.connected()
        #expect(try driver.feed(publish("a", [1], .exactlyOnce(identifier(5)))).count == 1)
        #expect(try driver.feed(publish("a", [1], .exactlyOnce(identifier(5), duplicate: true))) == [])
        #expect(try driver.sent() == [.pubrec(identifier(5)), .pubrec(identifier(5))])
        #expect(try driver.feed(.pubrel(identifier(5))) == [])
        #expect(try driver.feed(.pubrel(identifier(5))) == [])
        #expect(try driver.sent() == [.pubcomp(identifier(5)), .pubcomp(identifier(5))])
        #expect(try driver.feed(publish("a", [1], .exactlyOnce(identifier(5)))).count == 1)
    }

    @Test("unfinished QoS 2 messages are bounded")
    func unreleased() throws {
        var limits = BrokerLimits()
        limits.unreleased = 2
        let driver = try SessionDriver.connected(limits: limits)
        try driver.feed(publish("a", [], .exactlyOnce(identifier(1))))
        try driver.feed(publish("a", [], .exactlyOnce(identifier(2))))
        #expect(try driver.feed(publish("a", [], .exactlyOnce(identifier(3)))) == [.close(.tooManyUnreleased)])
    }

    @Test("MSG-15: a topic of more than 256 bytes or 7 slashes is discarded and acknowledged, the connection lives")
    func topicLimits() throws {
        let driver = try SessionDriver.connected()
        let allowed = String(repeating: "x", count: 256)
        let long = allowed + "x"
        #expect(try driver.feed(publish(allowed)) == [.publish(topic: allowed.utf8Bytes, payload: [7])])
        #expect(try driver.feed(publish(long)) == [.discard(topic: long.utf8Bytes, .tooLong(257))])
        #expect(try driver.feed(publish("1/2/3/4/5/6/7/8")).count == 1)
        let deep = "1/2/3/4/5/6/7/8/9"
        let events = try driver.feed(publish(deep, [], .atLeastOnce(identifier(1))))
        #expect(events == [.discard(topic: deep.utf8Bytes, .tooDeep(8))])
        #expect(try driver.sent() == [.puback(identifier(1))])
        #expect(driver.session.isConnected)
    }

    @Test("MSG-15: a payload of 128 KB passes, one byte more ends the connection")
    func payloadLimit() throws {
        let driver = try SessionDriver.connected()
        let largest = [UInt8](repeating: 1, count: 131_072)
        #expect(try driver.feed(publish("a", largest)) == [.publish(topic: "a".utf8Bytes, payload: largest)])
        #expect(try driver.feed(publish("a", largest + [1])) == [.close(.payloadTooLarge(limit: 131_072))])
    }

    @Test("a packet that claims more than any allowed message has is refused by its header")
    func oversized() throws {
        let driver = try SessionDriver.connected()
        #expect(driver.feed([0x30, 0xFF, 0xFF, 0xFF, 0x7F]) == [.close(.payloadTooLarge(limit: 131_072))])
    }

    @Test("the will is published when the connection is lost, and not after DISCONNECT")
    func will() throws {
        let will = Will(topic: try "gone".topic(), payload: [1])
        let lost = try SessionDriver.connected(will: will)
        #expect(lost.end(.lost) == will)
        #expect(lost.end(.lost) == nil)
        let broken = try SessionDriver.connected(will: will)
        #expect(broken.feed([0xF0, 0]) == [.close(.violation(.reservedPacketType))])
        #expect(broken.end(.violation(.reservedPacketType)) == will)
        let polite = try SessionDriver.connected(will: will)
        #expect(try polite.feed(.disconnect) == [.close(.disconnected)])
        #expect(polite.end(.disconnected) == nil)
    }

    @Test("a client that was not let in leaves no will")
    func willOfStranger() throws {
        let driver = SessionDriver()
        let will = Will(topic: try "gone".topic(), payload: [1])
        try driver.feed(.connect(Connect(clientID: "sensor".utf8Bytes, will: will)))
        driver.refuse(.identifierRejected)
        #expect(driver.end(.unknownClientID("sensor")) == nil)
    }

    @Test("packets that only servers send end the connection; late acknowledgements do not")
    func directions() throws {
        let id = try identifier(1)
        let answers: [Packet] = [
            .connack(Connack(.accepted)), .unsuback(id), .pingresp,
            .suback(Suback(packetIdentifier: id, answers: [.refused])),
        ]
        for packet in answers {
            #expect(try SessionDriver.connected().feed(packet) == [.close(.serverPacket)])
        }
        for packet in [Packet.puback(id), .pubcomp(id)] {
            let driver = try SessionDriver.connected()
            #expect(try driver.feed(packet) == [])
            #expect(try driver.sent() == [])
        }
        // The client ends what it has begun with an earlier session.
        let driver = try SessionDriver.connected()
        #expect(try driver.feed(.pubrec(id)) == [])
        #expect(try driver.sent() == [.pubrel(id)])
    }

    @Test("after the end nothing is read any more")
    func afterEnd() throws {
        let driver = try SessionDriver.connected()
        try driver.feed(.disconnect)
        #expect(try driver.feed(publish("a")) == [])
    }

    @Test("any split of a client's bytes leads to the same events and answers")
    func splits() throws {
        let packets: [Packet] = [
            .connect(Connect(clientID: "sensor".utf8Bytes, keepAlive: 30)),
            .subscribe(Subscribe(packetIdentifier: try identifier(1), requests: [.init(try "a/#".filter())])),
            try publish("a/b", [1, 2, 3], .atLeastOnce(identifier(2))), try publish("a/b", [4]), .pingreq,
            try publish("c", [], .exactlyOnce(identifier(3))), .pubrel(try identifier(3)), .disconnect,
        ]
        var bytes: [UInt8] = []
        for packet in packets { bytes += try encoded(packet) }
        var expected: ([SessionDriver.Told], [Packet])?
        for size in [bytes.count, 1, 2, 3, 5, 11, 17] {
            let driver = SessionDriver()
            var events: [SessionDriver.Told] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += driver.feed(Array(bytes[start..<min(start + size, bytes.count)]))
                if case .connecting = events.last, driver.session.state == .connecting {
                    driver.admit()
                    events += driver.feed([])
                }
            }
            let sent = try driver.sent()
            if let expected {
                #expect(events == expected.0)
                #expect(sent == expected.1)
            } else {
                expected = (events, sent)
                #expect(events.count == 6)
            }
        }
    }

    @Test("damaged bytes end the session or are read, and nothing follows the end", arguments: 1...200)
    func damage(seed: Int) throws {
        let packets: [Packet] = [
            .connect(Connect(clientID: "sensor".utf8Bytes, keepAlive: 30)),
            .subscribe(Subscribe(packetIdentifier: try identifier(1), requests: [.init(try "a/#".filter())])),
            try publish("a/b", [1, 2, 3], .atLeastOnce(identifier(2))), try publish("a/b", [4]),
            try publish("c", [], .exactlyOnce(identifier(3))), .pubrel(try identifier(3)), .pingreq,
        ]
        var bytes: [UInt8] = []
        for packet in packets { bytes += try encoded(packet) }
        var random = UInt32(truncatingIfNeeded: seed &* 2_654_435_761)
        for _ in 0..<1 + seed % 4 {
            random = random &* 1_664_525 &+ 1_013_904_223
            bytes[Int(random >> 8) % bytes.count] = UInt8(truncatingIfNeeded: random)
        }
        let driver = SessionDriver()
        var events: [SessionDriver.Told] = []
        for byte in bytes {
            events += driver.feed([byte])
            if driver.session.state == .connecting { driver.admit() }
        }
        _ = try driver.sent()
        let ends = events.filter { if case .close = $0 { true } else { false } }
        #expect(ends.count <= 1)
        if let end = ends.first { #expect(events.last == end) }
    }
}
