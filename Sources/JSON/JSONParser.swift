import Bytes

/// Reads one JSON text (RFC 8259) in one pass.
///
/// Strict: UTF-8 only, nothing but white space around the value, no extensions. Where the RFC leaves a choice: a
/// byte order mark at the start is skipped (section 8.1), a key given twice in an object is an error (section 4), half
/// a surrogate pair is an error (section 8.2), numbers have any length (section 9).
struct JSONParser: ~Copyable, ~Escapable {
    let text: Span<UInt8>
    let maximumDepth: Int
    var index = 0
    var depth = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, maximumDepth: Int) {
        self.text = text
        self.maximumDepth = maximumDepth
    }

    mutating func parseDocument() throws(JSONError) -> JSON {
        try skipByteOrderMark()
        skipWhiteSpace()
        guard index < text.count else { throw error(.empty) }
        let value = try parseValue()
        skipWhiteSpace()
        guard index == text.count else {
            throw error(startsComment ? .comment : .textAfterValue(found))
        }
        return value
    }

    mutating func parseValue() throws(JSONError) -> JSON {
        guard index < text.count else { throw error(.expected("a value", found: .end)) }
        switch text[index] {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
        default: return try parseWord()
        }
    }

    /// RFC 8259 section 2: `ws`.
    mutating func skipWhiteSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func skipByteOrderMark() throws(JSONError) {
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            index = 3
            return
        }
        guard text.count >= 2 else { return }
        // JSON starts with ASCII: a zero among the first two bytes is a wider encoding.
        let isMarked = (text[0] == 0xFE && text[1] == 0xFF) || (text[0] == 0xFF && text[1] == 0xFE)
        if isMarked || text[0] == 0 || text[1] == 0 { throw error(.notUTF8Encoding) }
    }

    private mutating func parseWord() throws(JSONError) -> JSON {
        let start = index
        if skip("true") { return .boolean(true) }
        if skip("false") { return .boolean(false) }
        if skip("null") { return .null }
        index = start
        switch text[index] {
        case UInt8(ascii: "'"): throw error(.singleQuotes)
        case UInt8(ascii: "+"): throw error(.leadingPlus)
        case UInt8(ascii: "."): throw error(.incompleteNumber(missing: "write a zero before the point"))
        default: break
        }
        if startsComment { throw error(.comment) }
        let word = wordHere()
        throw error(word.isEmpty ? .expected("a value", found: found) : .word(word))
    }

    /// Passes the word if it stands here and ends here.
    private mutating func skip(_ word: StaticString) -> Bool {
        let end = index + word.utf8CodeUnitCount
        guard end <= text.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount where text[index + offset] != word.utf8Start[offset] { return false }
        if end < text.count, JSONParser.isWordByte(text[end]) { return false }
        index = end
        return true
    }

    /// The letters, digits and underscores here, at most 20.
    func wordHere() -> String {
        var word: [UInt8] = []
        var position = index
        if position < text.count, text[position] == UInt8(ascii: "-") {
            word.append(text[position])
            position += 1
        }
        while position < text.count, word.count < 20, JSONParser.isWordByte(text[position]) {
            word.append(text[position])
            position += 1
        }
        return String(decoding: word, as: UTF8.self)
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    var startsComment: Bool {
        guard index < text.count else { return false }
        if text[index] == UInt8(ascii: "#") { return true }
        guard text[index] == UInt8(ascii: "/"), index + 1 < text.count else { return false }
        return text[index + 1] == UInt8(ascii: "/") || text[index + 1] == UInt8(ascii: "*")
    }

    /// What stands here, for an error.
    var found: JSONError.Found {
        guard index < text.count else { return .end }
        return text[index] == UInt8(ascii: "\"") ? .string : .byte(text[index])
    }

    func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason, at: TextPosition(offset: offset ?? index, in: text))
    }
}
