import Testing

@testable import JSON

func read(_ text: String, maximumDepth: Int = 64) throws -> JSON {
    try JSON.parse(Array(text.utf8), maximumBytes: 1 << 24, maximumDepth: maximumDepth)
}

func complaint(_ text: String) -> String {
    complaint(Array(text.utf8))
}

func complaint(_ text: [UInt8]) -> String {
    do {
        _ = try JSON.parse(text, maximumBytes: 1 << 24)
        return "accepted"
    } catch {
        return error.description
    }
}

@Suite("Reading JSON")
struct ReadingTests {
    @Test("a document of every kind becomes its tree, members in order")
    func tree() throws {
        let value = try read(#" {"z":[1,-2.50,true,false,null],"a":{"é":"\u00e9\ud83d\ude00\n"},"":""} "#)
        #expect(value.objectValue?.members.map(\.key) == ["z", "a", ""])
        #expect(value["z"] == [1, .number(JSONNumber(validText: "-2.50")), true, false, nil])
        #expect(value["a"]?["é"] == "é😀\n")
        #expect(value["missing"] == nil)
    }

    @Test("a byte order mark is skipped and is no column")
    func byteOrderMark() throws {
        #expect(try JSON.parse([0xEF, 0xBB, 0xBF] + Array("[1]".utf8), maximumBytes: 100) == [1])
        #expect(complaint([0xEF, 0xBB, 0xBF] + Array("x".utf8)).hasPrefix("line 1, column 1: 'x' is not"))
    }

    @Test("nesting as deep as allowed is read and one more is refused")
    func depth() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try read(deep)
        #expect(
            complaint("[" + deep + "]") == "line 1, column 65: arrays and objects are nested more than 64 levels deep")
    }

    @Test("a text larger than the caller takes is refused unread")
    func size() {
        #expect(throws: JSONError(.tooLarge(limit: 3), at: TextPosition(line: 1, column: 1))) {
            try JSON.parse(Array("[1, ".utf8), maximumBytes: 3)
        }
    }

    @Test(
        "each mistake is named with its place and what to do",
        arguments: [
            ("", "line 1, column 1: there is no JSON value in the text; write at least {}"),
            ("{\n  \"a\": 1,\n}", "line 2, column 9: a comma stands before '}' with nothing between; remove the comma"),
            ("[1,]", "line 1, column 3: a comma stands before ']' with nothing between; remove the comma"),
            (
                "{\"a\": 1\n \"b\": 2}",
                "line 2, column 2: expected ',' or '}' after the member's value, found a text in quotes"
            ),
            ("{\"a\" 1}", "line 1, column 6: expected ':' after the key, found '1'"),
            ("{a: 1}", "line 1, column 2: expected a key in double quotes, found 'a'"),
            ("{'a': 1}", "line 1, column 2: texts and keys stand in double quotes (\"), not in single ones"),
            ("// note\n{}", "line 1, column 1: JSON has no comments; remove it"),
            ("{} # note", "line 1, column 4: JSON has no comments; remove it"),
            ("{\"a\": 1, // x\n\"b\": 2}", "line 1, column 10: JSON has no comments; remove it"),
            ("[True]", "line 1, column 2: 'True' is not a JSON value; write true"),
            ("[None]", "line 1, column 2: 'None' is not a JSON value; write null"),
            ("[-Infinity]", "line 1, column 2: '-Infinity' is not a JSON value; JSON has no such number"),
            ("[hello]", "line 1, column 2: 'hello' is not a JSON value; a text stands in double quotes"),
            ("[truex]", "line 1, column 2: 'truex' is not a JSON value; a text stands in double quotes"),
            ("[010]", "line 1, column 2: a number does not start with a zero before other digits; remove the zero"),
            ("[+1]", "line 1, column 2: a number does not start with '+'; remove it"),
            ("[.5]", "line 1, column 2: the number is incomplete: write a zero before the point"),
            ("[5.]", "line 1, column 4: the number is incomplete: a digit must follow the point"),
            ("[5e+]", "line 1, column 5: the number is incomplete: a digit must follow the exponent's 'e'"),
            ("[-]", "line 1, column 2: the number is incomplete: a digit must follow '-'"),
            ("[\"ab", "line 1, column 2: the text is not closed by a double quote (\")"),
            (
                "[\"é\n\"]",
                "line 1, column 4: the text is not closed by a double quote (\") before the end of the line; write a line break as \\n"
            ),
            ("[\"\u{1}\"]", "line 1, column 3: the text holds the control character 0x01; write it as an escape"),
            ("[\"C:\\dir\"]", "line 1, column 5: '\\d' is not an escape of JSON; write a backslash as \\\\"),
            ("[\"\\u12g4\"]", "line 1, column 3: \\u must be followed by four hexadecimal digits"),
            (
                "[\"\\ud800x\"]",
                "line 1, column 3: this \\u escape is half of a surrogate pair and its other half is missing"
            ),
            (
                "{\"a\":1,\n\"b\":2,\n\"a\":3}",
                "line 3, column 1: the key \"a\" is given twice in one object, first on line 1; keep one"
            ),
            ("{} {}", "line 1, column 4: the JSON value has ended, but '{' follows"),
            ("{\"a\":", "line 1, column 6: expected a value, found the end of the text"),
            ("[1", "line 1, column 3: expected ',' or ']' after the array's element, found the end of the text"),
        ])
    func mistakes(text: String, expected: String) {
        #expect(complaint(text) == expected)
    }

    @Test("bytes that are not UTF-8 are refused where they stand")
    func malformedUTF8() {
        for bytes: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xC3], [0xFF], [0xC3, 0x28],
        ] {
            let text = Array("[\"a".utf8) + bytes + Array("\"]".utf8)
            #expect(complaint(text) == "line 1, column 4: these bytes are not UTF-8; save the text as UTF-8")
        }
    }

    @Test("UTF-16 is named as what it is")
    func utf16() {
        let expected = "line 1, column 1: the text is not UTF-8 (it looks like UTF-16 or UTF-32); save it as UTF-8"
        #expect(complaint([0xFF, 0xFE, 0x7B, 0x00]) == expected)
        #expect(complaint([0x00, 0x7B, 0x00, 0x7D]) == expected)
        #expect(complaint([0x7B, 0x00, 0x7D, 0x00]) == expected)
    }

    @Test("duplicates are found among many members, and the second is the one reported")
    func manyDuplicates() {
        var text = "{"
        for index in 0..<500 { text += "\"key\(index)\":\(index),\n" }
        #expect(complaint(text + "\"other\":1}") == "accepted")
        #expect(
            complaint(text + "\"key7\":1}")
                == "line 501, column 1: the key \"key7\" is given twice in one object, first on line 8; keep one")
    }

    @Test("keys that only look equal are different keys")
    func unicodeKeys() throws {
        let value = try read("{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{e9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }
}
