import MQTT
import Testing

@Suite struct TopicFilterTests {
    static let matching: [(String, String)] = [
        ("sport/tennis/player1/#", "sport/tennis/player1"),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking"),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"),
        ("sport/#", "sport"), ("sport/#", "sport/"), ("#", "sport"), ("#", "/"), ("#", "a/b/c"),
        ("sport/tennis/+", "sport/tennis/player1"), ("sport/+", "sport/"), ("+/+", "/finance"), ("/+", "/finance"),
        ("+", "finance"), ("+/#", "finance"), ("+/tennis/#", "sport/tennis/x/y"), ("a/+/c", "a//c"),
        ("$SYS/#", "$SYS"), ("$SYS/#", "$SYS/x"), ("$SYS/monitor/+", "$SYS/monitor/Clients"),
        ("a/b", "a/b"), ("a/b/", "a/b/"), ("/", "/"), ("+/+", "/"),
    ]

    static let differing: [(String, String)] = [
        ("sport/tennis/+", "sport/tennis/player1/ranking"), ("sport/+", "sport"), ("+", "/finance"),
        ("#", "$SYS/x"), ("+/monitor/Clients", "$SYS/monitor/Clients"), ("+", "$SYS"),
        ("a/b", "a/b/"), ("a/b/", "a/b"), ("a/b", "A/B"), ("a/b", "a/bc"), ("a/bc", "a/b"), ("a/#", "ab"),
        ("a/+/c", "a/c"), ("a/+", "b/x"), ("+/+", "a"), ("$aws/+/x", "$aws/a/y"),
    ]

    private func filter(_ text: String) throws -> TopicFilter { try TopicFilter(Array(text.utf8)) }

    @Test("a filter matches as MQTT says (a trailing /# matches its parent)", arguments: matching)
    func matches(_ filter: String, _ topic: String) throws {
        #expect(try self.filter(filter).matches(Array(topic.utf8)))
    }

    @Test("a filter does not match otherwise; a leading wildcard does not match $", arguments: differing)
    func differs(_ filter: String, _ topic: String) throws {
        #expect(try !self.filter(filter).matches(Array(topic.utf8)))
    }

    @Test("matching agrees with matching level by level", arguments: 1...50)
    func model(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for _ in 0..<300 {
            let words = ["a", "b", "", "$x"]
            let topicLevels = (0..<generator.number(1...4)).map { _ in words[generator.number(0...3)] }
            var filterLevels = (0..<generator.number(1...4)).map { _ in (words + ["+", "+"])[generator.number(0...5)] }
            if generator.number(0...2) == 0 { filterLevels.append("#") }
            let topic = topicLevels.joined(separator: "/")
            let text = filterLevels.joined(separator: "/")
            guard !topic.isEmpty, !text.isEmpty else { continue }
            let isExempt = topic.first == "$" && "+#".contains(text.first ?? "a")
            let expected = !isExempt && Self.model(filterLevels[...], topicLevels[...])
            #expect(try filter(text).matches(Array(topic.utf8)) == expected, "\(text) \(topic)")
        }
    }

    private static func model(_ filter: ArraySlice<String>, _ topic: ArraySlice<String>) -> Bool {
        guard let first = filter.first else { return topic.isEmpty }
        if first == "#" { return true }
        guard let level = topic.first, first == "+" || first == level else { return false }
        return model(filter.dropFirst(), topic.dropFirst())
    }

    @Test("two filters overlap exactly where some topic is matched by both", arguments: 1...20)
    func overlap(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let words = ["a", "b", "", "$"]
        var topics: [String] = []
        for first in words {
            topics.append(first)
            for second in words {
                topics.append("\(first)/\(second)")
                for third in words { topics.append("\(first)/\(second)/\(third)") }
            }
        }
        func random() throws -> TopicFilter {
            var levels = (0..<generator.number(1...2)).map { _ in (words + ["+", "+"])[generator.number(0...5)] }
            if generator.number(0...2) == 0 { levels.append("#") }
            let text = levels.joined(separator: "/")
            return try filter(text.isEmpty ? "a" : text)
        }
        for _ in 0..<100 {
            let (first, second) = (try random(), try random())
            let expected = topics.contains { first.matches(Array($0.utf8)) && second.matches(Array($0.utf8)) }
            #expect(first.overlaps(second) == expected, "\(first.bytes) \(second.bytes)")
            #expect(second.overlaps(first) == expected)
        }
    }

    @Test("wildcards are allowed where the standard allows them")
    func validity() throws {
        for text in ["#", "+", "+/tennis/#", "sport/+/player1", "/+", "+/+", "a/+", "a/#", "$SYS/#"] {
            #expect(try filter(text).hasWildcard, "\(text)")
        }
        #expect(try !filter("a/b").hasWildcard)
        for text in ["", "#/", "a#", "a/#/b", "+a", "a+/b", "##", "++", "a/b#"] {
            #expect(throws: MQTTError.self) { try filter(text) }
        }
    }
}
