import Bytes
import JSON

public enum JSONVectors {
    public static func run(_ checker: Checker) {
        accepted(checker)
        rejected(checker)
        escapes(checker)
        configuration(checker)
    }

    static func read(_ text: String) -> JSON? {
        try? JSON.parse(text.bytes, maximumBytes: 1 << 20)
    }

    /// Text and its compact form.
    private static func accepted(_ checker: Checker) {
        let vectors: [(String, String)] = [
            ("null", "null"), (" true ", "true"), ("\tfalse\r\n", "false"), ("0", "0"), ("-0.0e+00", "-0.0e+00"),
            ("\"\"", "\"\""), ("[]", "[]"), ("{ }", "{}"), ("[ 1 , 2 ]", "[1,2]"),
            ("{\"b\" : 1, \"a\" : [ {} , [] ] }", "{\"b\":1,\"a\":[{},[]]}"),
            ("\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\"", "\"A\u{e9}\u{20AC}\u{1F600}\""),
            ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""),
            ("\"\\u0000\\u001f\\u007f\"", "\"\\u0000\\u001f\\u007f\""),
            ("[18446744073709551616,4294967296]", "[18446744073709551616,4294967296]"),
            ("\u{FEFF}[]", "[]"),
        ]
        for (text, compact) in vectors {
            let written = read(text)?.serialized() ?? "refused".bytes
            checker.expect(String(decoding: written, as: UTF8.self), is: compact, "JSON \(text)")
        }
    }

    private static func rejected(_ checker: Checker) {
        let vectors = [
            "", " ", "nul", "nulll", "True", "[", "]", "{", "}", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{\"a\"}",
            "{\"a\":}", "{a:1}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "01", "-", "+1", "1.", ".1", "1e",
            "1e+", "0x1", "NaN", "Infinity", "-Infinity", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
            "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "\"\t\"", "'a'", "1 1", "// c\n1", "1 #", "\u{A0}1",
        ]
        for text in vectors {
            checker.expect(read(text) == nil, "JSON takes \(text)")
        }
        let foreign: [[UInt8]] = [
            [0x22, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0xFF, 0xFE, 0x31, 0x00],
        ]
        for bytes in foreign {
            checker.expect((try? JSON.parse(bytes, maximumBytes: 100)) == nil, "JSON takes what is not UTF-8")
        }
        do throws(JSONError) {
            _ = try JSON.parse("{\n  \"a\": [1,\n  tru]\n}".bytes, maximumBytes: 100)
            checker.expect(false, "JSON takes a broken word")
        } catch {
            checker.expect(
                error.description, is: "line 3, column 3: 'tru' is not a JSON value; a text stands in double quotes",
                "JSON error")
        }
    }

    private static func escapes(_ checker: Checker) {
        checker.expect(JSON.quoted("a\"b\\c\n\u{1}\u{e9}"), is: "\"a\\\"b\\\\c\\n\\u0001\u{e9}\"", "JSON.quoted")
        var bytes: [UInt8] = []
        let foreign: [UInt8] = [0x61, 0xFF, 0x62]
        JSON.writeQuoted(foreign.span, to: &bytes)
        checker.expect(String(decoding: bytes, as: UTF8.self), is: "\"a\u{FFFD}b\"", "JSON.writeQuoted of bytes")
    }

    private static func configuration(_ checker: Checker) {
        let text = "{\"coreThing\":{\"keepAlive\":600,\"keepalive\":4294967296},\"list\":[0,{\"x\":\"y\"}]}"
        guard let document = try? JSONDocument(text.bytes, maximumBytes: 1_000) else {
            return checker.expect(false, "JSONDocument refuses a configuration")
        }
        let core = document.root["coreThing"]
        checker.expect(try? core["keepAlive"].integer(in: 30...1_200), is: 600, "integer in range")
        checker.expect(try? core["keepalive"].integer(), is: 4_294_967_296, "integer of 33 bits")
        let findings = JSONFindings()
        _ = findings.take { () throws(JSONMismatch) in try core["keepalive"].integer(in: 0...4_294_967_295) }
        findings.warnOfUnknownKeys(in: core, known: ["keepAlive"])
        checker.expect(
            findings.errors.first?.description ?? "",
            is: "$.coreThing.keepalive: expected a whole number from 0 to 4294967295, found 4294967296", "mismatch")
        checker.expect(findings.warnings.first?.nearest ?? "", is: "keepAlive", "nearest key")
        let path = document.root["list"][1]["x"].path
        checker.expect("\(path) \(document.position(of: path))", is: "$.list[1].x line 1, column 66", "position")
    }
}
