import Bytes
import Group

public enum SubscriptionVectors {
    /// The rule of a group's subscription table (MSG-04): `#` is one level or more.
    public static func run(_ checker: Checker) {
        let vectors: [(String, String, Bool)] = [
            ("sensor/#", "sensor", false), ("sensor/#", "sensor/", true), ("sensor/#", "sensor/a/b", true),
            ("sensor/+", "sensor/a", true), ("sensor/+", "sensor/a/b", false), ("sensor/+/c", "sensor//c", true),
            ("#", "a", true), ("#", "$aws/a", false), ("$aws/#", "$aws/a", true), ("+/b", "a/b", true),
            ("a/b", "a/b", true), ("a/b", "a/b/", false), ("a/b", "a", false), ("a", "a/b", false),
        ]
        for (subject, topic, matches) in vectors {
            let row = Subscription(id: "1", source: .device("one"), subject: subject.bytes, target: .cloud)
            checker.expect(
                targets([row], .device("one"), topic) == (matches ? ["cloud"] : []), "\(subject) and \(topic)")
        }
        manyRows(checker)
    }

    private static func targets(_ rows: [Subscription], _ source: Endpoint, _ topic: String) -> [String] {
        let table = SubscriptionTable(rows)
        guard let source = table.source(source) else { return [] }
        var names: [String] = []
        let bytes = topic.bytes
        table.matches(source, bytes.span) { names.append(table.endpoint($0).description) }
        return names
    }

    private static func manyRows(_ checker: Checker) {
        var rows: [Subscription] = []
        for index in 0..<500 {
            let subject = index % 3 == 0 ? "plant/+/t" : index % 3 == 1 ? "plant/\(index)/#" : "plant/\(index)/t"
            rows.append(
                Subscription(
                    id: "\(index)", source: .device("s\(index % 2)"), subject: subject.bytes,
                    target: .device("t\(index % 50)")))
        }
        // Rows of s0 with plant/+/t: all multiples of 6; their targets repeat, each comes once.
        checker.expect(targets(rows, .device("s0"), "plant/x/t").count == 25, "each target once")
        checker.expect(targets(rows, .device("s0"), "plant/4/x") == ["device t4"], "one row of many")
        checker.expect(targets(rows, .device("s1"), "plant/4/x").isEmpty, "another source's row")
        checker.expect(targets(rows, .device("s2"), "plant/4/x").isEmpty, "a source without rows")
    }
}
