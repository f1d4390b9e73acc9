extension JSONParser {
    /// RFC 8259 section 6; a minus sign or a digit stands here.
    mutating func parseNumber() throws(JSONError) -> JSONNumber {
        let start = index
        if text[index] == UInt8(ascii: "-") {
            index += 1
            guard hasDigit else {
                index = start
                let word = wordHere()
                throw error(word == "-" ? .incompleteNumber(missing: "a digit must follow '-'") : .word(word))
            }
        }
        if text[index] == UInt8(ascii: "0") {
            index += 1
            if hasDigit { throw error(.leadingZero, at: index - 1) }
        } else {
            skipDigits()
        }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard hasDigit else { throw error(.incompleteNumber(missing: "a digit must follow the point")) }
            skipDigits()
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            guard hasDigit else { throw error(.incompleteNumber(missing: "a digit must follow the exponent's 'e'")) }
            skipDigits()
        }
        let number = text.extracting(start..<index).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        return JSONNumber(validText: number)
    }

    private var hasDigit: Bool {
        index < text.count && text[index] >= UInt8(ascii: "0") && text[index] <= UInt8(ascii: "9")
    }

    private mutating func skipDigits() {
        while hasDigit { index += 1 }
    }
}
