import Group
import Testing

@Suite struct SubscriptionTableTests {
    private let sensor = Endpoint.device("sensor")

    private func row(_ source: Endpoint, _ subject: String, _ target: Endpoint) -> Subscription {
        Subscription(id: "\(source) \(subject) \(target)", source: source, subject: Array(subject.utf8), target: target)
    }

    private func matched(_ table: SubscriptionTable, _ source: Endpoint, _ topic: String) -> [Endpoint] {
        guard let id = table.source(source) else { return [] }
        var found: [Endpoint] = []
        table.matches(id, Array(topic.utf8).span) { found.append(table.endpoint($0)) }
        return found
    }

    private func isMatched(_ subject: String, _ topic: String) -> Bool {
        !matched(SubscriptionTable([row(sensor, subject, .cloud)]), sensor, topic).isEmpty
    }

    @Test("MSG-04 DX-03: a trailing # needs at least one further level, which may be empty")
    func trailingHash() {
        #expect(isMatched("sensor/#", "sensor/"))
        #expect(isMatched("sensor/#", "sensor/id-123"))
        #expect(isMatched("sensor/#", "sensor/group-a/id-123"))
        #expect(!isMatched("sensor/#", "sensor"))
        #expect(!isMatched("sensor/#", "sensors/id-123"))
        #expect(isMatched("#", "anything"))
        #expect(isMatched("#", "/"))
        #expect(isMatched("+/#", "a/b/c"))
        #expect(!isMatched("+/#", "a"))
    }

    @Test("MSG-04: + stands for exactly one level, anywhere")
    func plus() {
        #expect(isMatched("sensor/+/input", "sensor/id-123/input"))
        #expect(!isMatched("sensor/+/input", "sensor/group-a/id-123/input"))
        #expect(isMatched("+/b", "/b"))
        #expect(isMatched("a/+", "a/"))
        #expect(!isMatched("a/+", "a"))
        #expect(isMatched("+", "a"))
        #expect(!isMatched("+", "/a"))
    }

    @Test("MSG-12: a leading wildcard does not match topics that begin with $")
    func reservedTopics() {
        let topic = "$aws/things/light/shadow/update"
        #expect(!isMatched("#", topic))
        #expect(!isMatched("+/things/light/shadow/update", topic))
        #expect(!isMatched("+/#", topic))
        #expect(isMatched("$aws/things/+/shadow/update", topic))
        #expect(isMatched("$aws/#", topic))
        #expect(isMatched("a/+", "a/$b"))
    }

    @Test("MSG-04: a wildcard character inside a level or a # before the end grants only its text")
    func wildcardsOutOfPlace() {
        #expect(!isMatched("a#", "ab"))
        #expect(!isMatched("a+/b", "ax/b"))
        #expect(!isMatched("#/b", "a/b"))
    }

    @Test("MSG-02: rows give one direction of one source")
    func direction() {
        let light = Endpoint.device("light")
        let table = SubscriptionTable([row(sensor, "a", light), row(.cloud, "b", sensor)])
        #expect(matched(table, sensor, "a") == [light])
        #expect(matched(table, sensor, "b").isEmpty)
        #expect(matched(table, .cloud, "a").isEmpty)
        #expect(table.source(light) == nil)
        #expect(table.target(.cloud) == nil)
        #expect(table.targetCount == 2)
    }

    @Test("MSG-01: every kind of end can be source and target, and names alone do not mix them up")
    func kinds() {
        let ends: [Endpoint] = [.device("x"), .function("x"), .connector("x"), .cloud, .shadow]
        var rows: [Subscription] = []
        for (number, source) in ends.enumerated() {
            rows.append(row(source, "t", ends[(number + 1) % ends.count]))
        }
        let table = SubscriptionTable(rows)
        for (number, source) in ends.enumerated() {
            #expect(matched(table, source, "t") == [ends[(number + 1) % ends.count]])
        }
    }

    @Test func aTargetOfSeveralMatchingRowsIsReportedOnce() {
        let table = SubscriptionTable([
            row(sensor, "a/b", .cloud), row(sensor, "a/+", .cloud), row(sensor, "#", .cloud),
            row(sensor, "a/#", .cloud),
            row(sensor, "a/b", .cloud), row(sensor, "a/b", .shadow),
        ])
        #expect(matched(table, sensor, "a/b").count == 2)
        #expect(Set(matched(table, sensor, "a/b")) == [.cloud, .shadow])
    }

    @Test func aVisitorMayRouteFurtherMessages() throws {
        let targets = (0..<4).map { Endpoint.device("d\($0)") }
        let rows = targets.flatMap { [row(sensor, "t", $0), row(sensor, "+", $0)] } + [row(.cloud, "u", .shadow)]
        let table = SubscriptionTable(rows)
        let source = try #require(table.source(sensor))
        let cloud = try #require(table.source(.cloud))
        var outer: [Endpoint] = []
        var inner: [Endpoint] = []
        table.matches(source, Array("t".utf8).span) { target in
            outer.append(table.endpoint(target))
            table.matches(source, Array("t".utf8).span) { inner.append(table.endpoint($0)) }
            table.matches(cloud, Array("u".utf8).span) { inner.append(table.endpoint($0)) }
        }
        #expect(outer.count == 4)
        #expect(Set(outer) == Set(targets))
        #expect(inner.count == 4 * 5)
    }

    @Test func anEmptyTableKnowsNobody() {
        let table = SubscriptionTable([])
        #expect(table.source(.cloud) == nil)
        #expect(table.targetCount == 0)
    }

    @Test("MSG-04: random tables agree with the rule applied row by row", arguments: 0..<40 as Range<UInt64>)
    func agreesWithNaiveMatcher(seed: UInt64) {
        var random = SplitMix(state: seed)
        // The table keeps the first 16 bytes of a level apart from the rest.
        let levels = [
            "a", "b", "", "$s", "ab", "sensor", "é", "x+", "01234567", "012345678", "0123456789abcdef",
            "0123456789abcdefg", "0123456789abcdefh",
        ]
        let sources: [Endpoint] = [.device("a"), .function("a"), .cloud]
        let targets: [Endpoint] = (0..<6).map { .device("t\($0)") } + [.cloud, .shadow]
        func subject() -> String {
            let count = Int.random(in: 1...5, using: &random)
            var parts = (0..<count).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? "+" : levels[Int.random(in: 0..<levels.count, using: &random)]
            }
            if Int.random(in: 0..<3, using: &random) == 0 { parts[count - 1] = "#" }
            return parts.joined(separator: "/")
        }
        let rowCount = Int.random(in: 1...120, using: &random)
        let rows = (0..<rowCount).map { _ in
            row(sources.randomElement(using: &random)!, subject(), targets.randomElement(using: &random)!)
        }
        let table = SubscriptionTable(rows)
        for _ in 0..<300 {
            let count = Int.random(in: 1...6, using: &random)
            let topic = (0..<count).map { _ in levels[Int.random(in: 0..<levels.count, using: &random)] }
                .joined(separator: "/")
            for source in sources {
                let found = matched(table, source, topic)
                #expect(Set(found).count == found.count, "a target twice for \(topic)")
                #expect(Set(found) == NaiveMatcher.targets(rows, from: source, topic: topic), "\(source) \(topic)")
            }
        }
    }

    @Test("LIM-02: ten thousand rows route like any other")
    func manyRows() {
        let rows = (0..<10_000).map { row(.cloud, "plant/line\($0 % 100)/machine\($0)", .device("d\($0)")) }
        let table = SubscriptionTable(rows)
        #expect(table.targetCount == 10_000)
        #expect(matched(table, .cloud, "plant/line42/machine4242") == [.device("d4242")])
        #expect(matched(table, .cloud, "plant/line41/machine4242").isEmpty)
    }
}

/// A small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
