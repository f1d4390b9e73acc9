import Testing
import Vectors

@Suite("Test vectors of the pure modules, where Int has 64 bits")
struct VectorsTests {
    static let groups: [(name: String, least: Int, run: @Sendable (Checker) -> Void)] = [
        ("Bytes", 30, { BytesVectors.run($0) }),
        ("JSON", 60, { JSONVectors.run($0) }),
        ("JSON numbers", 40, { NumberVectors.run($0) }),
        ("HTTP", 90, { HTTPVectors.run($0) }),
        ("MQTT", 200, { MQTTVectors.run($0) }),
        ("Subscription table", 15, { SubscriptionVectors.run($0) }),
    ]

    @Test("every vector holds", arguments: groups.indices)
    func vectors(index: Int) {
        let group = Self.groups[index]
        let checker = Checker { Issue.record("\(group.name): \($0)") }
        group.run(checker)
        #expect(checker.failed == 0)
        #expect(checker.passed >= group.least, "\(group.name): fewer vectors ran than there are")
    }

    @Test("a vector that does not hold is counted and reported")
    func failures() {
        nonisolated(unsafe) var reports: [String] = []
        let checker = Checker { reports.append($0) }
        checker.expect(false, "first")
        checker.expect("a", is: "b", "second")
        checker.expect([1], is: [1], "third")
        #expect(reports == ["first", "second: expected b, got a"])
        #expect(checker.failed == 2)
        #expect(checker.passed == 1)
    }
}
