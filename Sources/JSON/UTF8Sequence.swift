/// Well-formed UTF-8 (RFC 3629 section 4): no overlong form, no surrogate, nothing above U+10FFFF.
enum UTF8Sequence {
    /// The length in bytes of the well-formed sequence at `index`, or 0 where there is none.
    static func length(in text: Span<UInt8>, at index: Int) -> Int {
        let first = text[index]
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return tails(text, index, 1) ? 2 : 0
        case 0xE0: return second(text, index, 0xA0, 0xBF) && tails(text, index, 2) ? 3 : 0
        case 0xED: return second(text, index, 0x80, 0x9F) && tails(text, index, 2) ? 3 : 0
        case 0xE1...0xEF: return tails(text, index, 2) ? 3 : 0
        case 0xF0: return second(text, index, 0x90, 0xBF) && tails(text, index, 3) ? 4 : 0
        case 0xF1...0xF3: return tails(text, index, 3) ? 4 : 0
        case 0xF4: return second(text, index, 0x80, 0x8F) && tails(text, index, 3) ? 4 : 0
        default: return 0
        }
    }

    private static func second(_ text: Span<UInt8>, _ index: Int, _ low: UInt8, _ high: UInt8) -> Bool {
        index + 1 < text.count && text[index + 1] >= low && text[index + 1] <= high
    }

    private static func tails(_ text: Span<UInt8>, _ index: Int, _ count: Int) -> Bool {
        guard index + count < text.count else { return false }
        for offset in 1...count where text[index + offset] & 0xC0 != 0x80 { return false }
        return true
    }
}
