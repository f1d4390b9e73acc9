import Group
import Linux
import Log
import Messaging
import Testing

@Suite struct RouterTests {
    /// Keeps what it gets.
    final class Recorder: MessageTarget {
        var messages: [Message] = []
        var payloads: [[UInt8]] { messages.map(\.payload) }

        func deliver(_ message: borrowing MessageView) -> Delivery {
            messages.append(message.copy())
            return .taken
        }

        func isFull(forPayload bytes: Int) -> Bool { false }
    }

    private let sensor = Endpoint.device("sensor")
    private let function = Endpoint.function("arn:aws:lambda:us-west-2:123456789012:function:F:1")
    private let actor = Endpoint.device("actor")

    private func row(_ source: Endpoint, _ subject: String, _ target: Endpoint) -> Subscription {
        Subscription(id: "\(source) \(subject) \(target)", source: source, subject: subject.utf8Bytes, target: target)
    }

    private func message(_ topic: String, _ source: Endpoint) -> Message {
        Message(topic: topic.utf8Bytes, payload: [1], source: source)
    }

    @Test("MSG-01: a row of source, subject and target takes a message there, with topic, payload and source")
    func row() throws {
        let router = Router(table: SubscriptionTable([row(sensor, "a/+", function)]), log: .none())
        let recorder = Recorder()
        router.register(recorder, for: function)
        #expect(router.publish(topic: "a/b".utf8Bytes, payload: [1, 2], from: router.source(sensor)).isRouted)
        let received = try #require(recorder.messages.first)
        #expect(received.topic == "a/b".utf8Bytes)
        #expect(received.payload == [1, 2])
        #expect(received.source == sensor)
        #expect(recorder.messages.count == 1)
    }

    @Test("MSG-02: without a row nothing passes: not another topic, another source, or the other direction")
    func allowOnly() {
        let router = Router(table: SubscriptionTable([row(sensor, "a", actor)]), log: .none())
        let (toActor, toSensor) = (Recorder(), Recorder())
        router.register(toActor, for: actor)
        router.register(toSensor, for: sensor)
        #expect(!router.publish(message("b", sensor)).isRouted)
        #expect(!router.publish(message("a", actor)).isRouted)
        #expect(!router.publish(message("a", .cloud)).isRouted)
        #expect(router.publish(message("a", sensor)).isRouted)
        #expect(toActor.messages.count == 1)
        #expect(toSensor.messages.isEmpty)
        #expect(router.counters.published == 4)
        #expect(router.counters.withoutRoute == 3)
        #expect(router.counters.routed == 1)
    }

    @Test("MSG-02: several rows for one target bring a message once; several targets each get it")
    func targets() {
        let table = SubscriptionTable([
            row(sensor, "a/#", actor), row(sensor, "a/b", actor), row(sensor, "a/+", .cloud), row(sensor, "x", .shadow),
        ])
        let router = Router(table: table, log: .none())
        let (toActor, toCloud) = (Recorder(), Recorder())
        router.register(toActor, for: actor)
        router.register(toCloud, for: .cloud)
        router.publish(message("a/b", sensor))
        #expect(toActor.messages.count == 1)
        #expect(toCloud.messages.count == 1)
        router.publish(message("x", sensor))
        #expect(router.counters.withoutTarget == 1)
        router.unregister(.cloud)
        router.publish(message("a/b", sensor))
        #expect(toCloud.messages.count == 1)
    }

    /// Sends a message on from within a delivery.
    final class Relay: MessageTarget {
        let router: Router
        init(_ router: Router) { self.router = router }

        func deliver(_ message: borrowing MessageView) -> Delivery {
            router.publish(Message(topic: [0x62], payload: message.copy().payload + [9], source: .shadow))
            return .taken
        }

        func isFull(forPayload bytes: Int) -> Bool { false }
    }

    @Test("a target may publish while it is delivered to")
    func nested() {
        let table = SubscriptionTable([
            row(sensor, "a", .shadow), row(sensor, "a", actor), row(.shadow, "b", actor), row(.shadow, "b", .cloud),
        ])
        let router = Router(table: table, log: .none())
        let (toActor, toCloud) = (Recorder(), Recorder())
        router.register(Relay(router), for: .shadow)
        router.register(toActor, for: actor)
        router.register(toCloud, for: .cloud)
        router.publish(message("a", sensor))
        #expect(Set(toActor.payloads) == [[1], [1, 9]])
        #expect(toCloud.payloads == [[1, 9]])
    }

    @Test("MSG-03: a message without a route is dropped and logged in V1's words, with source and topic")
    func unrouted() throws {
        let log = try TemporaryLog(threshold: .debug)
        let router = Router(table: SubscriptionTable([row(sensor, "a", actor)]), log: log.logger)
        router.publish(message("b/c", sensor))
        let text = try log.text()
        #expect(text.contains("[DEBUG]-"))
        #expect(text.contains("Failed to get routes. Discarding message."))
        #expect(text.contains("device sensor"))
        #expect(text.contains("b/c"))
    }
}
