import Linux
import MQTT
import Testing

@testable import Messaging

@Suite struct PlainBrokerTests {
    private func message(_ client: TestClient, _ world: PlainWorld) throws -> Publish? {
        var found: Publish?
        try world.until {
            for case .publish(let publish) in try client.receive() { found = publish }
            return found != nil
        }
        client.forget()
        return found
    }

    @Test("a plain broker takes anybody, and delivers with the lower of the two QoS", arguments: 0...2, 0...2)
    func qualities(published: Int, wanted: Int) throws {
        let world = try PlainWorld()
        let wantedQoS = try #require(QoS(rawValue: UInt8(wanted)))
        let subscriber = try world.connect("one", subscribe: [("a/+", wantedQoS)])
        let publisher = try world.connect("two")
        let id = try identifier(9)
        let delivery: [Publish.Delivery] = [.atMostOnce, .atLeastOnce(id), .exactlyOnce(id)]
        try publisher.send(.publish(Publish(topic: try "a/b".topic(), payload: [1], delivery: delivery[published])))
        let arrived = try #require(try message(subscriber, world))
        let mine = try identifier(1)
        let expected: [Publish.Delivery] = [.atMostOnce, .atLeastOnce(mine), .exactlyOnce(mine)]
        #expect(arrived.delivery == expected[min(published, wanted)])
        #expect(arrived.payload == [1])
        try world.settle(publisher)
        let answers: [[Packet]] = [[], [.puback(id)], [.pubrec(id)]]
        #expect(try publisher.receive() == answers[published] + [.pingresp])
    }

    @Test("overlapping subscriptions bring a message once, with the highest QoS of them")
    func overlapping() throws {
        let world = try PlainWorld()
        let subscriber = try world.connect(
            "one", subscribe: [("a/#", .atMostOnce), ("a/+", .exactlyOnce), ("a/b", .atLeastOnce)])
        let publisher = try world.connect("two")
        let packet = Publish(topic: try "a/b".topic(), payload: [1], delivery: .exactlyOnce(try identifier(9)))
        try publisher.send(.publish(packet))
        try world.settle(publisher)
        try world.settle(subscriber)
        #expect(try subscriber.payloads() == [[1]])
        #expect(
            try subscriber.receive().first
                == .publish(Publish(topic: packet.topic, payload: [1], delivery: .exactlyOnce(identifier(1)))))
    }

    @Test("a persistent session gets what came while it was away, with the session present")
    func persistent() throws {
        let world = try PlainWorld()
        let first = try world.connect("one", isClean: false, subscribe: [("a", .exactlyOnce)])
        try first.send(.disconnect)
        try world.until { world.broker.connections.isEmpty }
        let publisher = try world.connect("two")
        for number in 1...3 {
            let delivery = Publish.Delivery.atLeastOnce(try identifier(UInt16(number)))
            try publisher.send(.publish(Publish(topic: try "a".topic(), payload: [UInt8(number)], delivery: delivery)))
        }
        try publisher.publish("a", [4])
        try world.settle(publisher)
        let second = try world.client()
        try second.send(.connect(Connect(clientID: "one".utf8Bytes, cleanSession: false)))
        try world.until { try second.receive().count == 4 }
        #expect(try second.receive().first == .connack(Connack(.accepted, sessionPresent: true)))
        #expect(try second.payloads() == [[1], [2], [3]])
        #expect(world.broker.counters.droppedWhileDisconnected == 1)
    }

    @Test("filters named with --refuse are refused, others are not")
    func refused() throws {
        let world = try PlainWorld(refusing: ["test/nosubscribe"])
        let client = try world.connect("one")
        let requests = [Subscribe.Request(try "test/nosubscribe".filter()), Subscribe.Request(try "test/#".filter())]
        try client.send(.subscribe(Subscribe(packetIdentifier: try identifier(3), requests: requests)))
        try world.until { try client.receive().count == 1 }
        let answer = Suback(packetIdentifier: try identifier(3), answers: [.refused, .granted(.atMostOnce)])
        #expect(try client.receive() == [.suback(answer)])
    }

    @Test("without a client ID a clean session gets one, another one is refused")
    func clientID() throws {
        let world = try PlainWorld()
        _ = try world.connect("")
        let client = try world.client()
        try client.send(.connect(Connect(clientID: [], cleanSession: false)))
        try world.until { try client.receive() == [.connack(Connack(.identifierRejected))] }
    }

    @Test("runs of messages for many subscribers arrive whole and in order")
    func runs() throws {
        let world = try PlainWorld()
        var subscribers: [TestClient] = []
        for number in 0..<5 { subscribers.append(try world.connect("s\(number)", subscribe: [("a/#", .atMostOnce)])) }
        let publisher = try world.connect("p")
        var bytes: [UInt8] = []
        var expected: [[UInt8]] = []
        for number in 0..<4_000 {
            let payload =
                [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
                + [UInt8](repeating: 7, count: number % 50)
            expected.append(payload)
            let topic = number % 1_000 < 900 ? "a/b" : "a/c"
            bytes += try encoded(.publish(Publish(topic: try topic.topic(), payload: payload)))
        }
        var left = bytes[...]
        try world.until {
            left = left.dropFirst(publisher.sendSome(left))
            return try subscribers.allSatisfy { try $0.receive().count == expected.count }
        }
        for subscriber in subscribers { #expect(try subscriber.payloads() == expected) }
        #expect(world.broker.counters.droppedByFullQueue == 0)
    }

    @Test("a publisher waits for a subscriber that is behind, and nothing is lost")
    func backpressure() throws {
        let world = try PlainWorld()
        let subscriber = try world.connect("s", subscribe: [("a", .atMostOnce)])
        let publisher = try world.connect("p")
        for connection in world.broker.connections { shrinkKernelBuffers(connection.descriptor) }
        shrinkKernelBuffers(subscriber.descriptor)
        let packet = try encoded(.publish(Publish(topic: try "a".topic(), payload: [UInt8](repeating: 1, count: 995))))
        var stream = [UInt8]()
        for _ in 0..<3_000 { stream += packet }
        var left = stream[...]
        try world.until {
            left = left.dropFirst(publisher.sendSome(left))
            return world.broker.counters.held > 0
        }
        var received = 0
        try world.until {
            left = left.dropFirst(publisher.sendSome(left))
            received += subscriber.drain()
            return received == stream.count
        }
        #expect(world.broker.counters.droppedByFullQueue == 0)
        #expect(world.broker.counters.foundSlow == 0)
    }

    @Test("a subscriber that does not read at all is not waited for for ever; its messages are dropped and counted")
    func deadSubscriber() throws {
        var limits = BrokerLimits.plain
        limits.patience = 20_000_000
        limits.outputQueue = 200_000
        let world = try PlainWorld(limits: limits)
        let dead = try world.connect("dead", subscribe: [("a", .atMostOnce)])
        let alive = try world.connect("alive", subscribe: [("a", .atMostOnce)])
        let publisher = try world.connect("p")
        for connection in world.broker.connections { shrinkKernelBuffers(connection.descriptor) }
        shrinkKernelBuffers(dead.descriptor)
        let packet = try encoded(.publish(Publish(topic: try "a".topic(), payload: [UInt8](repeating: 1, count: 995))))
        var stream = [UInt8]()
        for _ in 0..<3_000 { stream += packet }
        var left = stream[...]
        var received = 0
        try world.until {
            left = left.dropFirst(publisher.sendSome(left))
            received += alive.drain()
            return received == stream.count
        }
        #expect(world.broker.counters.foundSlow == 1)
        #expect(world.broker.counters.droppedByFullQueue > 0)
        #expect(world.broker.waiting <= limits.outputQueue + BrokerConnection.scratchSize)
    }

    @Test("a SUBSCRIBE that looks through what is retained ends its client's turn: others are answered in between")
    func manySearches() throws {
        let world = try PlainWorld()
        let keeper = try world.connect("keeper")
        try keeper.send(.publish(Publish(topic: try "r".topic(), payload: [1], retain: true)))
        try world.settle(keeper)
        keeper.forget()
        let greedy = try world.connect("greedy")
        var packets: [UInt8] = []
        for number in 1...100 as ClosedRange<UInt16> {
            let request = Subscribe.Request(try "r".filter(), qos: .atMostOnce)
            packets += try encoded(
                .subscribe(Subscribe(packetIdentifier: try identifier(number), requests: [request])))
        }
        func subscribed() throws -> Int {
            try greedy.receive().count { if case .suback = $0 { true } else { false } }
        }
        try greedy.send(packets)
        try world.settle(keeper)
        #expect(try subscribed() < 20)
        try world.until { try subscribed() == 100 }
    }
}
