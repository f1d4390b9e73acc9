import Testing

@testable import JSON

/// Counts what is written and keeps nothing.
private struct CountingSink: JSONSink {
    var appends = 0

    mutating func append(_ byte: UInt8) { appends += 1 }
    mutating func append(_ text: StaticString) { appends += 1 }
}

/// Texts of a million bytes that would keep a reader of quadratic effort busy for days: a limit of a minute is no
/// measurement, it is a stop.
@Suite("Large JSON texts", .timeLimit(.minutes(1)))
struct LargeInputTests {
    static let size = 1_000_000

    static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test("texts of a million bytes are read and written with effort in proportion")
    func large() throws {
        let texts = [
            "[" + Self.repeated("1,", Self.size / 2) + "1]",
            "\"" + Self.repeated("\\u0041", Self.size / 6) + "\"",
            "\"" + Self.repeated("é", Self.size / 2) + "\"",
            "[" + Self.repeated("{\"a\":[]},", Self.size / 9) + "{}]",
            Self.repeated(" ", Self.size) + "0",
            "0." + Self.repeated("7", Self.size),
            "{" + (0..<Self.size / 20).map { "\"a common start \($0)\":0" }.joined(separator: ",") + "}",
        ]
        for text in texts {
            let value = try JSON.parse(Array(text.utf8), maximumBytes: 2 * Self.size)
            var sink = CountingSink()
            value.write(to: &sink)
            #expect(sink.appends <= text.utf8.count + 2)
            _ = value.doubleValue
            _ = value.integerValue
        }
    }

    @Test("broken texts of a million bytes are refused with effort in proportion")
    func broken() {
        let texts = [
            Self.repeated("[", Self.size), Self.repeated("{\"a\":", Self.size / 5),
            "\"" + Self.repeated("\\", Self.size) + "x",
            Self.repeated("\n", Self.size), "[" + Self.repeated("1,", Self.size / 2),
            Self.repeated("1", Self.size) + "e",
            "{" + Self.repeated("\"same\":0,", Self.size / 9) + "\"same\":0}", Self.repeated("a", Self.size),
        ]
        for text in texts {
            #expect(throws: JSONError.self) { try JSON.parse(Array(text.utf8), maximumBytes: 2 * Self.size) }
        }
    }
}
