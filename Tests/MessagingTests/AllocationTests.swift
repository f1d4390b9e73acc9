import CAllocations
import Linux
import MQTT
import Testing

@testable import Messaging

/// The budget of the hot path (design rule "no allocation on the hot path"): a routed message allocates nothing. A turn of
/// the loop may, whatever its number of messages; so turns of few and of many messages are compared.
@Suite struct AllocationTests {
    private static let few = 20
    private static let many = 400

    /// So many messages, on the topics in turn, as one piece of bytes.
    private func burst(_ count: Int, _ topics: [String], qos: QoS) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<count {
            let topic = try topics[number % topics.count].topic()
            let delivery: Publish.Delivery =
                qos == .atMostOnce ? .atMostOnce : .atLeastOnce(try identifier(UInt16(number + 1)))
            let payload = [UInt8](repeating: 7, count: 20)
            bytes += try encoded(.publish(Publish(topic: topic, payload: payload, delivery: delivery)))
        }
        return bytes
    }

    /// The blocks that one turn of the reactor asks for which handles so many messages.
    private func allocations(
        _ count: Int, _ topics: [String], _ qos: QoS, from publisher: TestClient, to subscriber: TestClient,
        _ reactor: Reactor
    ) throws -> UInt64 {
        try publisher.send(burst(count, topics, qos: qos))
        let before = callocations_count()
        try reactor.turn(waiting: false)
        let used = callocations_count() - before
        var arrived = 0
        let end = Clock.monotonic() + 60_000_000_000
        while arrived < count, Clock.monotonic() < end {
            arrived = try subscriber.receive().count
            try reactor.turn(waiting: false)
        }
        #expect(arrived == count)
        subscriber.forget()
        _ = try publisher.receive()
        publisher.forget()
        return used
    }

    private func compare(
        _ topics: [String], _ qos: QoS, _ publisher: TestClient, _ subscriber: TestClient, _ reactor: Reactor
    ) throws {
        // Buffers grow to the size of the burst, and stay.
        for _ in 0..<3 {
            _ = try allocations(Self.many, topics, qos, from: publisher, to: subscriber, reactor)
        }
        let few = try allocations(Self.few, topics, qos, from: publisher, to: subscriber, reactor)
        let many = try allocations(Self.many, topics, qos, from: publisher, to: subscriber, reactor)
        #expect(many <= few, "\(many - few) allocations for \(Self.many - Self.few) messages more")
    }

    @Test("the counter sees what is allocated")
    func counter() {
        let before = callocations_count()
        let bytes = [UInt8](repeating: 1, count: 1000)
        #expect(callocations_count() > before)
        #expect(bytes.count == 1000)
    }

    @Test(
        "a message between plain clients allocates nothing",
        arguments: [["a/b"], ["a/b", "a/c", "a/d/e"]], [QoS.atMostOnce, .atLeastOnce])
    func plain(topics: [String], qos: QoS) throws {
        let world = try PlainWorld()
        let subscriber = try world.connect("one", subscribe: [("a/#", .atMostOnce)])
        let publisher = try world.connect("two")
        try compare(topics, qos, publisher, subscriber, world.reactor)
    }

    @Test(
        "a message through the subscription table allocates nothing",
        arguments: [["a/b"], ["a/b", "a/c", "a/d/e"]], [QoS.atMostOnce, .atLeastOnce])
    func group(topics: [String], qos: QoS) throws {
        let world = try BrokerWorld(
            devices: ["one", "two"], rows: [("two", "a/#", "one"), ("two", "a/b", "one"), ("two", "a/+", "one")])
        let subscriber = try world.client()
        try subscriber.send(.connect(Connect(clientID: "one".utf8Bytes)))
        let request = Subscribe.Request(try "a/#".filter(), qos: .atMostOnce)
        try subscriber.send(.subscribe(Subscribe(packetIdentifier: try identifier(1), requests: [request])))
        try world.until { try subscriber.receive().count >= 2 }
        subscriber.forget()
        let publisher = try world.connect("two")
        try compare(topics, qos, publisher, subscriber, world.reactor)
    }
}
