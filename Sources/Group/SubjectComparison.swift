/// How a topic fits the subject of one row, told for people: what `SubscriptionTable` decides, with the reason.
public enum SubjectComparison: Equatable, Sendable {
    case matches
    /// The topic ends where the subject has its `#`, which stands for one or more levels (MSG-04, DX-03).
    case remainderIsEmpty(level: Int)
    /// The topic begins with `$` and the subject with a wildcard.
    case reserved
    /// The levels of that number, counted from 1, are different.
    case differs(level: Int)
    /// The subject goes on with that level, the topic does not.
    case topicEnds(level: Int)
    /// The topic goes on with that level, the subject does not.
    case subjectEnds(level: Int)

    public init(subject: [UInt8], topic: [UInt8]) {
        let wanted = Self.levels(of: subject)
        let found = Self.levels(of: topic)
        if topic.first == UInt8(ascii: "$"), Self.isPlus(wanted[0]) || Self.isHash(wanted[0]) && wanted.count == 1 {
            self = .reserved
            return
        }
        for index in wanted.indices {
            if index == wanted.count - 1, Self.isHash(wanted[index]) {
                self = found.count > index ? .matches : .remainderIsEmpty(level: index + 1)
                return
            }
            if index == found.count {
                self = .topicEnds(level: index + 1)
                return
            }
            if !Self.isPlus(wanted[index]), wanted[index] != found[index] {
                self = .differs(level: index + 1)
                return
            }
        }
        self = found.count > wanted.count ? .subjectEnds(level: wanted.count + 1) : .matches
    }

    /// How many levels from the beginning fit: the more, the nearer the subject.
    public var fittingLevels: Int {
        switch self {
        case .matches: Int.max
        case .reserved: 0
        case .remainderIsEmpty(let level), .differs(let level), .topicEnds(let level), .subjectEnds(let level):
            level - 1
        }
    }

    /// The levels of a topic or subject; there is always one, which may be empty.
    public static func levels(of topic: [UInt8]) -> [[UInt8]] {
        topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func isPlus(_ level: [UInt8]) -> Bool { level.count == 1 && level[0] == UInt8(ascii: "+") }
    private static func isHash(_ level: [UInt8]) -> Bool { level.count == 1 && level[0] == UInt8(ascii: "#") }
}
