import Group
import Log
import Messaging
import Testing

@Suite struct RowCountersTests {
    /// Does with each message what it is told.
    final class Obedient: MessageTarget {
        var answer = Delivery.taken

        func deliver(_ message: borrowing MessageView) -> Delivery { answer }

        func isFull(forPayload bytes: Int) -> Bool { false }
    }

    private let sensor = Endpoint.device("sensor")
    private let display = Endpoint.device("display")

    private func row(_ source: Endpoint, _ subject: String, _ target: Endpoint) -> Subscription {
        Subscription(id: "\(source) \(subject) \(target)", source: source, subject: subject.utf8Bytes, target: target)
    }

    private func publish(_ topic: String, _ router: Router) {
        router.publish(topic: topic.utf8Bytes, payload: [1], from: router.source(sensor))
    }

    @Test("H-20: each row counts what it carried and what was lost, by the reason")
    func reasons() {
        let router = Router(
            table: SubscriptionTable([row(sensor, "x", .cloud), row(sensor, "a", display), row(sensor, "b/#", display)]
            ),
            log: .none())
        publish("a", router)
        let target = Obedient()
        router.register(target, for: display)
        let ticket = router.ledger.issue()
        for answer in [Delivery.taken, .storing(ticket), .dropped, .absent, .absent, .unwanted] {
            target.answer = answer
            publish("a", router)
        }
        target.answer = .taken
        publish("b/1", router)
        let first = router.counters(ofSubscription: 1)
        #expect(first.carried == 2)
        #expect(first.withoutRoom == 1)
        #expect(first.absent == 2)
        #expect(first.unwanted == 1)
        #expect(first.withoutReceiver == 1)
        #expect(first.lost == 5)
        #expect(router.counters(ofSubscription: 2).carried == 1)
        #expect(router.counters(ofSubscription: 0) == RowCounters())
    }

    @Test("H-20: where several rows lead to one target, one carries the message and the others say that they matched")
    func covered() {
        let router = Router(
            table: SubscriptionTable([
                row(sensor, "a/+", display), row(sensor, "a/b", display), row(sensor, "#", display),
                row(sensor, "a/b", display), row(sensor, "a/b", .cloud),
            ]),
            log: .none())
        let (target, cloud) = (Obedient(), Obedient())
        router.register(target, for: display)
        router.register(cloud, for: .cloud)
        for _ in 0..<3 { publish("a/b", router) }
        publish("c", router)
        let counters = (0..<5).map { router.counters(ofSubscription: $0) }
        // The second and the fourth say the same, so they are one row.
        #expect(counters[1] == counters[3])
        #expect((0..<3).reduce(0) { $0 + counters[$1].carried } == 4)
        #expect((0..<3).reduce(0) { $0 + counters[$1].covered } == 6)
        #expect(counters[2].carried + counters[2].covered == 4)
        #expect(counters[4].carried == 3)
        #expect(counters[4].covered == 0)
    }

    @Test("H-20: messages without a route are counted by source and topic")
    func unrouted() {
        let router = Router(table: SubscriptionTable([row(sensor, "a", display)]), log: .none())
        publish("b", router)
        publish("c", router)
        publish("b", router)
        router.publish(topic: "b".utf8Bytes, payload: [], from: router.source(display))
        #expect(router.source(sensor).published == 3)
        #expect(router.source(sensor).withoutRoute == 3)
        #expect(router.source(display).withoutRoute == 1)
        let entries = router.unrouted.entries
        #expect(entries.map(\.source) == [display, sensor, sensor])
        #expect(entries.map(\.topic) == ["b".utf8Bytes, "b".utf8Bytes, "c".utf8Bytes])
        #expect(entries.map(\.count) == [1, 2, 1])
        #expect(router.knownSources.count == 2)
    }

    @Test("H-20: a flood of topics without a route keeps the last 64, and the beginning of those that are too long")
    func flood() {
        let router = Router(table: SubscriptionTable([]), log: .none())
        for number in 0..<1000 { publish("t/\(number)", router) }
        #expect(router.unrouted.entries.count == UnroutedTopics.most)
        #expect(router.unrouted.entries.first?.topic == "t/999".utf8Bytes)
        #expect(router.unrouted.entries.last?.topic == "t/936".utf8Bytes)
        #expect(router.unrouted.displaced == 936)
        let long = String(repeating: "x", count: 300)
        publish(long, router)
        publish(long + "y", router)
        publish(long, router)
        let entries = router.unrouted.entries
        #expect(entries[0].isCut && entries[1].isCut)
        #expect(entries[0].topic == String(repeating: "x", count: 256).utf8Bytes)
        #expect(entries[0].count == 2 && entries[1].count == 1)
    }
}
