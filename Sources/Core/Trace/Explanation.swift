import Bytes
import Group
import JSON

/// Why a row does not match a topic.
struct Explanation {
    /// For programs.
    let word: String
    /// For people.
    let sentence: String
    /// Whether somebody who looks for a reason would want to hear of it: subjects whose first level is another word
    /// altogether are nothing new.
    private(set) var isNear = true

    init(word: String, sentence: String) {
        self.word = word
        self.sentence = sentence
    }

    init(_ comparison: SubjectComparison, _ subject: [UInt8], _ topic: [UInt8]) {
        let wanted = SubjectComparison.levels(of: subject)
        let found = SubjectComparison.levels(of: topic)
        switch comparison {
        case .matches: self.init(word: "matches", sentence: "it matches")
        case .remainderIsEmpty:
            let parent = wanted.dropLast().map { $0.text }.joined(separator: "/")
            self.init(
                word: "remainderIsEmpty",
                sentence:
                    "in the subscription table # stands for one or more levels, so this does not match \(parent) itself; "
                    + "a subscription with the subject \(parent) would")
        case .reserved:
            self.init(
                word: "reserved",
                sentence: "a subject that begins with a wildcard does not match topics that begin with $")
        case .differs(let level):
            let (one, other) = (wanted[level - 1], found[level - 1])
            let isCase = one.map { $0.lowercasedASCII } == other.map { $0.lowercasedASCII }
            self.init(
                word: "differs",
                sentence: "level \(level) is \(Self.quoted(one)) in the subject and \(Self.quoted(other)) in the topic"
                    + (isCase ? ": upper and lower case differ" : ""))
            isNear = level > 1 || isCase
        case .topicEnds(let level):
            self.init(
                word: "topicEnds",
                sentence:
                    "the subject goes on with level \(level), \(Self.quoted(wanted[level - 1])); the topic ends before it"
            )
        case .subjectEnds(let level):
            self.init(
                word: "subjectEnds",
                sentence:
                    "the topic goes on with level \(level), \(Self.quoted(found[level - 1])); the subject ends before it"
            )
        }
    }

    private static func quoted(_ level: [UInt8]) -> String { JSON.quoted(level.text) }
}
