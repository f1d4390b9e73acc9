import Bytes

extension JSONParser {
    /// RFC 8259 section 7; the opening quote stands here.
    mutating func parseString() throws(JSONError) -> String {
        let opening = index
        index += 1
        let start = index
        // Most texts have no escape: they are found, checked and copied in one piece.
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                let content = string(start, index)
                index += 1
                return content
            case UInt8(ascii: "\\"):
                return try parseEscapedString(start, opening)
            case 0..<0x20:
                throw error(.controlCharacter(text[index]))
            case 0x20..<0x80:
                index += 1
            default:
                index += try utf8Length()
            }
        }
        throw error(.unterminatedString, at: opening)
    }

    private func string(_ start: Int, _ end: Int) -> String {
        guard end > start else { return "" }
        return text.extracting(start..<end).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func parseEscapedString(_ start: Int, _ opening: Int) throws(JSONError) -> String {
        var content: [UInt8] = []
        content.reserveCapacity((index - start) * 2 + 16)
        for position in start..<index { content.append(text[position]) }
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try parseEscape(into: &content, opening)
            case 0..<0x20:
                throw error(.controlCharacter(byte))
            case 0x20..<0x80:
                content.append(byte)
                index += 1
            default:
                let length = try utf8Length()
                for offset in 0..<length { content.append(text[index + offset]) }
                index += length
            }
        }
        throw error(.unterminatedString, at: opening)
    }

    private mutating func parseEscape(into content: inout [UInt8], _ opening: Int) throws(JSONError) {
        guard index + 1 < text.count else { throw error(.unterminatedString, at: opening) }
        let byte = text[index + 1]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): return try parseUnicodeEscape(into: &content)
        default: throw error(.unknownEscape(byte))
        }
        index += 2
    }

    /// `\uXXXX`, or two of them for a scalar above U+FFFF.
    private mutating func parseUnicodeEscape(into content: inout [UInt8]) throws(JSONError) {
        guard let unit = hexadecimalUnit(at: index) else { throw error(.incompleteUnicodeEscape) }
        var value = UInt32(unit)
        var length = 6
        if unit & 0xF800 == 0xD800 {
            guard unit < 0xDC00, let low = hexadecimalUnit(at: index + 6), low & 0xFC00 == 0xDC00 else {
                throw error(.loneSurrogate)
            }
            value = 0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF
            length = 12
        }
        JSONParser.append(scalar: value, to: &content)
        index += length
    }

    /// The four digits of the escape that starts at `start`.
    private func hexadecimalUnit(at start: Int) -> UInt16? {
        guard start + 6 <= text.count, text[start] == UInt8(ascii: "\\"), text[start + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt16 = 0
        for offset in 2..<6 {
            guard let digit = Hexadecimal.value(text[start + offset]) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// UTF-8 of a scalar value (RFC 3629 section 3).
    private static func append(scalar: UInt32, to content: inout [UInt8]) {
        if scalar < 0x80 {
            content.append(UInt8(scalar))
            return
        }
        if scalar < 0x800 {
            content.append(UInt8(0xC0 | scalar >> 6))
        } else if scalar < 0x10000 {
            content.append(UInt8(0xE0 | scalar >> 12))
            content.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        } else {
            content.append(UInt8(0xF0 | scalar >> 18))
            content.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            content.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        }
        content.append(UInt8(0x80 | scalar & 0x3F))
    }

    /// The length of the well-formed sequence that starts here with a byte above 0x7F.
    private func utf8Length() throws(JSONError) -> Int {
        let length = UTF8Sequence.length(in: text, at: index)
        guard length > 0 else { throw error(.malformedUTF8) }
        return length
    }
}
