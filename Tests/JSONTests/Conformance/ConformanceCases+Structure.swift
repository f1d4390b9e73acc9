extension ConformanceCases {
    /// RFC 8259 section 2: white space is these four characters, anywhere around the six structural ones.
    mutating func whiteSpace() {
        for (name, space) in [("space", " "), ("tab", "\t"), ("line feed", "\n"), ("carriage return", "\r")] {
            text(
                "ws: \(name) around everything", "_[_{_\"a\"_:_1_,_\"b\"_:_[_]_}_,_{_}_]_".replacing("_", with: space),
                .accepted)
            text("ws: \(name) inside a word", "nu\(space)ll", .rejected)
            text("ws: \(name) inside a number", "1\(space)2", .rejected)
            text("ws: only \(name)", space, .rejected)
        }
        for (name, space) in [
            ("vertical tab", "\u{B}"), ("form feed", "\u{C}"), ("no-break space", "\u{A0}"), ("em space", "\u{2003}"),
            ("line separator", "\u{2028}"), ("next line", "\u{85}"), ("NUL", "\u{0}"), ("backspace", "\u{8}"),
        ] {
            text("ws: \(name) before", space + "1", .rejected)
            text("ws: \(name) after", "1" + space, .rejected)
            text("ws: \(name) in an array", "[" + space + "]", .rejected)
        }
        text("JSON-text: nothing", "", .rejected)
        text("JSON-text: a byte order mark before", "\u{FEFF}[]", .free(accepted: true))
        text("JSON-text: a byte order mark after", "[]\u{FEFF}", .rejected)
        text("JSON-text: only a byte order mark", "\u{FEFF}", .rejected)
        for (first, second) in [("1", "2"), ("[]", "[]"), ("{}", "1"), ("\"a\"", "\"b\""), ("null", ","), ("[]", "]")] {
            text("JSON-text: \(first) and then \(second)", first + " " + second, .rejected)
            if second != "2" { text("JSON-text: \(first) and \(second) at once", first + second, .rejected) }
        }
        for comment in ["// c\n1", "1 // c", "/* c */1", "# c\n1", "[1, /* c */ 2]", "<!-- c -->1"] {
            text("JSON-text: a comment \(comment)", comment, .rejected)
        }
    }

    /// RFC 8259 section 3: lower case, and three of them.
    mutating func words() {
        for word in ["true", "false", "null"] {
            value("word: \(word)", word, .accepted)
            value("word: \(word) in capitals", word.uppercased(), .rejected)
            value("word: \(word) capitalized", word.prefix(1).uppercased() + word.dropFirst(), .rejected)
            for length in 1..<word.count {
                text("word: \(word.prefix(length))", String(word.prefix(length)), .rejected)
            }
            for more in ["e", "1", "_", "\"\"", "[]"] { text("word: \(word)\(more)", word + more, .rejected) }
        }
        for word in ["undefined", "None", "nil", "NaN", "Infinity", "-Infinity", "inf", "yes", "a", "0x1", "$", "\\n"] {
            value("word: \(word)", word, .rejected)
        }
    }

    /// RFC 8259 section 4.
    mutating func objects() {
        for object in [
            "{}", "{\"\":0}", "{\"a\":{}}", "{\"a\":1,\"b\":2}", "{\"a b\":[]}", "{\"\\u0000\":1}",
            "{\"a\":{\"a\":{\"a\":1}}}",
            "{\"\u{e9}\":1,\"e\u{301}\":2}", "{\"a\":1,\"A\":2}", "{\"1\":1}",
        ] { value("object: \(object)", object, .accepted) }
        for object in [
            "{", "}", "{{}}", "{1}", "{\"a\"}", "{\"a\":}", "{:1}", "{,}", "{\"a\":1,}", "{,\"a\":1}",
            "{\"a\":1,,\"b\":2}",
            "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1:2}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}",
            "{[]:1}",
            "{\"a\":1]", "{\"a\":1", "{\"a\":", "{\"a\"", "{\"a", "{\"a\",\"b\"}", "{\"a\"=1}", "{\"a\":1;\"b\":2}",
            "{\"a\":1}}",
            "{\"a\":'b'}", "{\"a\":1 2}", "{...}", "{\"a\":b}",
        ] { value("object: \(object)", object, .rejected) }
        for object in ["{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,\"\\u0061\":2}", "{\"\":1,\"\":2}"] {
            value("object: a name twice \(object)", object, .free(accepted: false))
        }
    }

    /// RFC 8259 section 5.
    mutating func arrays() {
        for array in ["[]", "[[]]", "[1]", "[1,2]", "[null,true,1,\"a\",[],{}]", "[[[[1],2],3],4]", "[\"\"]"] {
            value("array: \(array)", array, .accepted)
        }
        for array in [
            "[", "]", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "[1;2]", "[1:2]", "[\"a\":1]",
            "[[]",
            "[]]", "(1)", "[1,2", "[\"a", "[\"a\"", "[*]", "[a]", "[1,\n2\n",
        ] { value("array: \(array)", array, .rejected) }
        for depth in [2, 10, 60] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            self.text("array: \(depth) deep", text, .accepted)
            self.text("array: \(depth) deep, not closed", String(text.dropLast()), .rejected)
            let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
            self.text("object: \(depth) deep", objects, .accepted)
        }
        for depth in [65, 100_000] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            self.text("array: \(depth) deep", text, .free(accepted: false))
            self.text("array: \(depth) deep, not closed", String(repeating: "[", count: depth), .rejected)
        }
    }
}
