extension ConformanceCases {
    /// RFC 8259 section 6: every combination of the parts, and everything that misses or adds one.
    mutating func numbers() {
        for whole in ["0", "-0", "1", "-1", "10", "123456789", "-9876543210"] {
            for fraction in ["", ".0", ".5", ".000", ".1230"] {
                for exponent in ["", "e0", "E0", "e+1", "E-1", "e00", "e10"] {
                    text("number: \(whole)\(fraction)\(exponent)", whole + fraction + exponent, .accepted)
                }
            }
        }
        for number in [
            "00", "01", "-01", "007", "+1", "--1", "-", "-a", "- 1", ".5", "-.5", "5.", "5.e1", "1.2.3", "1e", "1e+",
            "1e-",
            "1ee1", "1e1.5", "1e1e1", "e1", "1.e", "0x10", "0b1", "0o7", "1_000", "1,000.5.", "\u{FF11}", "\u{661}",
            "1f",
            "1L", "-Infinity", "1+1", "0.1.", "-0x1", "1/2", "1e\u{661}", "0e", "-e1", "1e--1", "1e+-1",
        ] { value("number: \(number)", number, .rejected) }
        let digits = String(repeating: "9", count: 400)
        for (name, number) in [
            ("400 digits", digits), ("400 digits after the point", "0." + digits), ("a large exponent", "1e400"),
            ("a very large exponent", "1e99999999999999999999"), ("a very small exponent", "1e-99999999999999999999"),
            ("above 64 bits", "18446744073709551616"), ("below 64 bits", "-9223372036854775809"),
        ] { value("number: \(name)", number, .free(accepted: true)) }
    }

    /// RFC 8259 section 7.
    mutating func strings() {
        for escape in ["\"", "\\", "/", "b", "f", "n", "r", "t", "u0041", "u00e9", "u00E9", "u20ac", "uFFFF", "u0000"] {
            value("string: the escape \\\(escape)", "\"a\\\(escape)b\"", .accepted)
        }
        for byte in UInt8(0x20)..<0x7F where !"\"\\/bfnrtu".utf8.contains(byte) {
            text("string: the escape of 0x\(String(byte, radix: 16))", [0x22, 0x5C, byte, 0x22], .rejected)
        }
        for byte in UInt8(0)..<0x20 {
            let digits = "00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            text("string: control character \(digits)", [0x22, byte, 0x22], .rejected)
            text("string: control character \(digits) as a key", [0x7B, 0x22, byte, 0x22, 0x3A, 0x31, 0x7D], .rejected)
            text("string: control character \(digits) escaped", "\"\\u\(digits)\"", .accepted)
        }
        for (name, content) in [
            ("empty", ""), ("DEL", "\u{7F}"), ("a C1 control", "\u{80}"), ("U+2028", "\u{2028}"),
            ("a noncharacter", "\u{FFFF}"),
            ("a private character", "\u{E000}"), ("the last scalar", "\u{10FFFF}"), ("an emoji", "\u{1F600}"),
            ("combining", "e\u{301}"), ("a byte order mark", "\u{FEFF}"), ("single quotes", "'a'"),
            ("a comment", "// c"),
            ("structure", "{[:,]}"),
        ] { value("string: \(name)", "\"\(content)\"", .accepted) }
        for (name, pair) in [("first", "d800\\udc00"), ("last", "dbff\\udfff"), ("in capitals", "D83D\\uDE00")] {
            value("string: a surrogate pair, \(name)", "\"\\u\(pair)\"", .accepted)
        }
        for half in [
            "d800", "dbff", "dc00", "dfff", "d800a", "d800\\n", "d800\\u0041", "d800\\ud800", "dc00\\ud800", "D800",
        ] {
            value("string: half a surrogate pair \(half)", "\"\\u\(half)\"", .free(accepted: false))
        }
        for escape in [
            "u", "u1", "u12", "u123", "u123g", "U0041", "u 041", "u+041", "u-041", "x41", "0", "u{41}", "\n",
            "u\u{661}041",
        ] {
            value("string: a broken escape \(escape.debugDescription)", "\"\\\(escape)\"", .rejected)
        }
        for string in [
            "\"", "\"a", "a\"", "\"\\\"", "\"\\", "\"\\u", "'a'", "\"a\"b\"", "\u{201C}a\u{201D}", "\"\"\"\"", "`a`",
        ] {
            value("string: \(string.debugDescription)", string, .rejected)
        }
    }

    /// RFC 8259 section 8.1, RFC 3629 section 4: the ends of every range, and one beyond.
    mutating func encodings() {
        let wellFormed: [[UInt8]] = [
            [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xE0, 0xBF, 0xBF], [0xE1, 0x80, 0x80], [0xEC, 0xBF, 0xBF],
            [0xED, 0x80, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80],
            [0xF0, 0xBF, 0xBF, 0xBF], [0xF1, 0x80, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x80, 0x80, 0x80],
            [0xF4, 0x8F, 0xBF, 0xBF],
        ]
        let malformed: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x7F], [0xC2, 0xC0], [0xE0, 0x9F, 0xBF],
            [0xE0, 0x80, 0x80], [0xE1, 0x80], [0xE1, 0x80, 0x7F], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xE9], [0xC3, 0x28],
        ]
        func name(_ bytes: [UInt8]) -> String { bytes.map { String($0, radix: 16) }.joined(separator: " ") }
        for bytes in wellFormed { value("UTF-8: \(name(bytes))", [0x22] + bytes + [0x22], .accepted) }
        for bytes in malformed {
            value("UTF-8: malformed \(name(bytes))", [0x22] + bytes + [0x22], .rejected)
            text("UTF-8: malformed \(name(bytes)) outside a string", [0x5B] + bytes + [0x5D], .rejected)
            text("UTF-8: malformed \(name(bytes)) at the end", [0x22] + bytes, .rejected)
        }
        let wide: [(String, [UInt8])] = [
            ("UTF-16, big end first", [0, 0x5B, 0, 0x5D]), ("UTF-16, little end first", [0x5B, 0, 0x5D, 0]),
            ("UTF-16 with its mark", [0xFE, 0xFF, 0, 0x5B, 0, 0x5D]), ("UTF-32", [0x5B, 0, 0, 0, 0x5D, 0, 0, 0]),
        ]
        for (name, bytes) in wide { text("encoding: \(name)", bytes, .rejected) }
    }

    static func generate() -> [ConformanceCase] {
        var cases = ConformanceCases()
        cases.whiteSpace()
        cases.words()
        cases.objects()
        cases.arrays()
        cases.numbers()
        cases.strings()
        cases.encodings()
        return cases.all
    }
}
