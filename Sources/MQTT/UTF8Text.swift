/// The rules for text in packets, MQTT 3.1.1 section 1.5.3 and RFC 3629.
enum UTF8Text {
    static func validate(_ text: Span<UInt8>) throws(MQTTError) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == 0 { throw .nullCharacter }
            if byte < 0x80 {
                index += 1
            } else {
                index += try sequenceLength(text, at: index)
            }
        }
    }

    /// The length of the well-formed sequence of two to four bytes that begins at `index`; RFC 3629 section 4.
    static func sequenceLength(_ text: Span<UInt8>, at index: Int) throws(MQTTError) -> Int {
        let lead = text[index]
        // What the second byte may be rules out overlong forms, surrogates and values beyond U+10FFFF.
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw .malformedText
        }
        guard text.count - index >= length, second.contains(text[index + 1]) else { throw .malformedText }
        for following in index + 2..<index + length where text[following] & 0xC0 != 0x80 {
            throw .malformedText
        }
        return length
    }
}
