import Group
import Testing

@Suite struct SubjectComparisonTests {
    private func compare(_ subject: String, _ topic: String) -> SubjectComparison {
        SubjectComparison(subject: Array(subject.utf8), topic: Array(topic.utf8))
    }

    @Test("H-20 MSG-04: why a subject does not match is told by the level where it ends to fit")
    func reasons() {
        #expect(compare("a/b", "a/b") == .matches)
        #expect(compare("a/+/c", "a/x/c") == .matches)
        #expect(compare("#", "a/b") == .matches)
        #expect(compare("a/b", "a/B") == .differs(level: 2))
        #expect(compare("a/b/c", "a/b") == .topicEnds(level: 3))
        #expect(compare("a/b", "a/b/c") == .subjectEnds(level: 3))
        #expect(compare("sensor/#", "sensor") == .remainderIsEmpty(level: 2))
        #expect(compare("#", "$aws/things") == .reserved)
        #expect(compare("+/things", "$aws/things") == .reserved)
        #expect(compare("a/b", "a/b").fittingLevels > compare("a/b/c", "a/b").fittingLevels)
        #expect(compare("a/b/c", "a/b/d").fittingLevels == 2)
    }

    @Test(
        "H-20: what the comparison calls a match is what the table routes, for every subject and topic of a few levels")
    func sameAsTable() {
        let levels = ["a", "", "$x", "+", "#"]
        var texts: [String] = levels
        for first in levels {
            for second in levels {
                texts.append("\(first)/\(second)")
                for third in levels { texts.append("\(first)/\(second)/\(third)") }
            }
        }
        let topics = texts.filter { !$0.isEmpty && !$0.contains("+") && !$0.contains("#") }
        let subjects = texts.filter { text in
            guard !text.isEmpty, let hash = text.firstIndex(of: "#") else { return !text.isEmpty }
            return text.index(after: hash) == text.endIndex
        }
        let source = Endpoint.device("d")
        for subject in subjects {
            let table = SubscriptionTable([
                Subscription(id: "1", source: source, subject: Array(subject.utf8), target: .cloud)
            ])
            for topic in topics {
                let isRouted = table.source(source).map { table.matches($0, Array(topic.utf8).span) { _ in } } ?? false
                #expect((compare(subject, topic) == .matches) == isRouted, "\(subject) and \(topic)")
            }
        }
    }
}
