import Foundation
import Testing

@testable import JSON

@Suite("JSON conformance, from the grammar of RFC 8259")
struct ConformanceTests {
    static let cases = ConformanceCases.generate()

    @Test("what the grammar has is read, what it has not is refused, what it leaves open is decided")
    func verdicts() {
        var counts = (accepted: 0, rejected: 0, free: 0)
        for entry in Self.cases {
            let value = try? JSON.parse(entry.text, maximumBytes: 1 << 20)
            #expect((value != nil) == entry.isAccepted, "\(entry.name)")
            switch entry.verdict {
            case .accepted: counts.accepted += 1
            case .rejected: counts.rejected += 1
            case .free: counts.free += 1
            }
        }
        #expect(counts.accepted >= 300)
        #expect(counts.rejected >= 300)
        #expect(counts.free >= 30)
        #expect(Set(Self.cases.map(\.name)).count == Self.cases.count, "a case is there twice")
    }

    @Test("what is read is written, compact and pretty, as something that reads back the same")
    func roundTrips() throws {
        for entry in Self.cases where entry.isAccepted {
            let value = try JSON.parse(entry.text, maximumBytes: 1 << 20)
            for layout in [JSON.Layout.compact, .pretty] {
                let written = value.serialized(layout: layout)
                #expect(try JSON.parse(written, maximumBytes: 1 << 20) == value, "\(entry.name)")
            }
        }
    }

    @Test("Foundation's reader gives the same verdict and the same value wherever it follows the RFC")
    func foundation() throws {
        var compared = 0
        for entry in Self.cases where !entry.isFree && !Self.differs(entry.name) {
            let value = try? JSON.parse(entry.text, maximumBytes: 1 << 20)
            let other = try? JSONSerialization.jsonObject(with: Data(entry.text), options: .fragmentsAllowed)
            #expect((value != nil) == (other != nil), "\(entry.name)")
            if let value, let other { #expect(Self.equal(value, other), "\(entry.name)") }
            compared += 1
        }
        #expect(compared >= Self.cases.count * 9 / 10)
    }

    /// Where Foundation takes what the grammar does not have (a comma at the end, NUL around the text, UTF-16 and UTF-32),
    /// or drops what it has (a byte order mark that is a string's first character).
    private static func differs(_ name: String) -> Bool {
        ["array: [1,]", "object: {\"a\":1,}", "encoding: UTF-", "string: a byte order mark", "ws: NUL"]
            .contains { name.hasPrefix($0) }
    }

    private static func equal(_ value: JSON, _ other: Any) -> Bool {
        switch value {
        case .null: return other is NSNull
        case .boolean(let flag): return other as? Bool == flag
        case .number(let number):
            // Foundation goes through a decimal type and may be one unit off; `NumberTests` compares exactly.
            guard let double = number.double, let given = (other as? NSNumber)?.doubleValue else { return false }
            return abs(given - double) <= double.ulp
        case .string(let text): return (other as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
        case .array(let elements):
            guard let others = other as? [Any], others.count == elements.count else { return false }
            return zip(elements, others).allSatisfy { equal($0, $1) }
        case .object(let object):
            guard let others = other as? [String: Any] else { return false }
            // Swift's dictionary takes differently composed letters for the same key.
            return object.members.allSatisfy { member in others[member.key] != nil }
        }
    }
}
