import JSON

/// What the check of the machine found about one thing (CHK-02).
public struct MachineFinding: Sendable {
    public enum Outcome: Sendable, Equatable {
        case works
        /// The core runs; something does less than it could.
        case degraded
        /// Something does not work at all.
        case missing

        public var word: String {
            switch self {
            case .works: "works"
            case .degraded: "degraded"
            case .missing: "missing"
            }
        }
    }

    /// For programs: stays the same.
    public let id: String
    public let outcome: Outcome
    /// What was found, and what it means.
    public let text: String
    /// The exact commands or words that mend it; empty where nothing has to be mended or can be.
    public let remedy: String

    init(_ id: String, _ outcome: Outcome, _ text: String, remedy: String = "") {
        self.id = id
        self.outcome = outcome
        self.text = text
        self.remedy = remedy
    }

    /// A line for people, and what mends it on a second one.
    public var lines: [String] {
        let word = outcome.word
        let room = String(repeating: " ", count: max(1, 10 - word.utf8.count))
        let first = TerminalText.printable("\(word)\(room)\(id): \(text)")
        return outcome == .works || remedy.isEmpty
            ? [first] : [first, TerminalText.printable("          → \(remedy)")]
    }

    public var json: JSON {
        [
            "id": .string(id), "outcome": .string(outcome.word), "text": .string(text),
            "remedy": remedy.isEmpty ? .null : .string(remedy),
        ]
    }
}
