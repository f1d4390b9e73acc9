/// Why a text is not JSON that we read, and where.
public struct JSONError: Error, Equatable {
    public enum Reason: Equatable, Sendable {
        /// The text is longer than the reader takes, in bytes.
        case tooLarge(limit: Int)
        /// Arrays and objects stand in each other more deeply than the reader takes.
        case tooDeep(limit: Int)
        /// No value in the text at all.
        case empty
        /// The bytes are UTF-16 or UTF-32; RFC 8259 section 8.1 asks for UTF-8.
        case notUTF8Encoding
        /// A byte sequence that is not UTF-8 (RFC 3629 section 4).
        case malformedUTF8
        /// Something else stands where this was expected.
        case expected(String, found: Found)
        /// A comma with nothing after it.
        case trailingComma(closing: UInt8)
        case comment
        case singleQuotes
        /// `True`, `None`, `NaN` …: the word, and what JSON writes instead where it has it.
        case word(String)
        case leadingZero
        case leadingPlus
        case incompleteNumber(missing: String)
        case unterminatedString
        /// A character below U+0020 that must be written as an escape.
        case controlCharacter(UInt8)
        case unknownEscape(UInt8)
        case incompleteUnicodeEscape
        /// Half of a surrogate pair, which no text can hold.
        case loneSurrogate
        case duplicateKey(String, firstLine: Int)
        case textAfterValue(Found)
    }

    /// What stands where something else was expected.
    public enum Found: Equatable, Sendable {
        case end
        case byte(UInt8)
        /// A text that starts here.
        case string
    }

    public let reason: Reason
    public let position: TextPosition

    public init(_ reason: Reason, at position: TextPosition) {
        self.reason = reason
        self.position = position
    }
}

extension JSONError: CustomStringConvertible {
    /// One line for a person: "line 3, column 12: a comma is missing …".
    public var description: String {
        "\(position): \(reason.sentence)"
    }
}

extension JSONError.Reason {
    /// What is wrong and what to do, without the position.
    public var sentence: String {
        switch self {
        case .tooLarge(let limit): return "the text is larger than the \(limit) bytes that are read here"
        case .tooDeep(let limit): return "arrays and objects are nested more than \(limit) levels deep"
        case .empty: return "there is no JSON value in the text; write at least {}"
        case .notUTF8Encoding: return "the text is not UTF-8 (it looks like UTF-16 or UTF-32); save it as UTF-8"
        case .malformedUTF8: return "these bytes are not UTF-8; save the text as UTF-8"
        case .expected(let what, let found): return "expected \(what), found \(found)"
        case .trailingComma(let closing):
            return
                "a comma stands before '\(JSONError.Found.character(closing))' with nothing between; remove the comma"
        case .comment: return "JSON has no comments; remove it"
        case .singleQuotes: return "texts and keys stand in double quotes (\"), not in single ones"
        case .word(let word):
            let hint = JSONError.Reason.replacement(word)
            return "'\(word)' is not a JSON value" + (hint.isEmpty ? "; a text stands in double quotes" : "; \(hint)")
        case .leadingZero: return "a number does not start with a zero before other digits; remove the zero"
        case .leadingPlus: return "a number does not start with '+'; remove it"
        case .incompleteNumber(let missing): return "the number is incomplete: \(missing)"
        case .unterminatedString: return "the text is not closed by a double quote (\")"
        case .controlCharacter(let byte):
            return byte == 0x0A || byte == 0x0D
                ? "the text is not closed by a double quote (\") before the end of the line; write a line break as \\n"
                : "the text holds the control character \(JSONError.Found.character(byte)); write it as an escape"
        case .unknownEscape(let byte):
            return "'\\\(JSONError.Found.character(byte))' is not an escape of JSON; write a backslash as \\\\"
        case .incompleteUnicodeEscape: return "\\u must be followed by four hexadecimal digits"
        case .loneSurrogate: return "this \\u escape is half of a surrogate pair and its other half is missing"
        case .duplicateKey(let key, let line):
            return "the key \(JSON.quoted(key)) is given twice in one object, first on line \(line); keep one"
        case .textAfterValue(let found): return "the JSON value has ended, but \(found) follows"
        }
    }

    /// Words that other notations use for JSON's values.
    private static func replacement(_ word: String) -> String {
        switch word {
        case "True", "TRUE", "yes", "on": "write true"
        case "False", "FALSE", "no", "off": "write false"
        case "None", "NULL", "Null", "nil", "undefined": "write null"
        case "NaN", "Infinity", "-Infinity", "inf": "JSON has no such number"
        default: ""
        }
    }
}

extension JSONError.Found: CustomStringConvertible {
    public var description: String {
        switch self {
        case .end: "the end of the text"
        case .string: "a text in quotes"
        case .byte(let byte): "'\(JSONError.Found.character(byte))'"
        }
    }

    /// The byte as a person reads it; what cannot be printed as a number.
    static func character(_ byte: UInt8) -> String {
        if byte > 0x20, byte < 0x7F { return String(decoding: [byte], as: UTF8.self) }
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 0x10 ? "0x0\(digits)" : "0x\(digits)"
    }
}
