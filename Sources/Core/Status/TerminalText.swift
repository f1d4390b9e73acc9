/// Text for a terminal, whose columns are counted a Unicode scalar each.
enum TerminalText {
    /// The text without characters that a terminal would act on: topics and names come from outside.
    static func printable(_ text: String) -> String {
        var bytes: [UInt8] = []
        var isAfterC2 = false
        for byte in text.utf8 {
            // U+0080 to U+009F, C2 80 to C2 9F, are control characters too.
            if byte < 0x20 || byte == 0x7F {
                bytes.append(UInt8(ascii: "?"))
            } else if isAfterC2, byte < 0xA0 {
                bytes[bytes.count - 1] = UInt8(ascii: "?")
            } else {
                bytes.append(byte)
            }
            isAfterC2 = byte == 0xC2
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func columns(_ text: String) -> Int {
        var count = 0
        for byte in text.utf8 where byte & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// The text in exactly that many columns: filled with blanks, or cut with `…` at its end.
    static func fitted(_ text: String, _ width: Int, right: Bool = false) -> String {
        let own = columns(text)
        if own > width { return cut(text, width) }
        let blanks = String(repeating: " ", count: width - own)
        return right ? blanks + text : text + blanks
    }

    static func withoutBlanksAtEnd(_ text: String) -> String {
        var bytes = [UInt8](text.utf8)
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text without the first bytes, which are ASCII.
    static func dropping(_ count: Int, of text: String) -> String {
        String(decoding: Array(text.utf8.dropFirst(count)), as: UTF8.self)
    }

    /// The text in at most that many columns.
    static func cut(_ text: String, _ width: Int) -> String {
        if columns(text) <= width { return text }
        var bytes: [UInt8] = []
        var count = 0
        for byte in text.utf8 {
            if byte & 0xC0 != 0x80 { count += 1 }
            if count >= width { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self) + (width > 0 ? "…" : "")
    }

    /// The text in lines of at most that width, broken at blanks; a longer word has a line of its own.
    static func wrapped(_ text: String, indent: Int, width: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            let word = String(decoding: Array(word), as: UTF8.self)
            if !line.isEmpty, indent + columns(line) + 1 + columns(word) > width {
                lines.append(margin + line)
                line = word
            } else {
                line += line.isEmpty ? word : " " + word
            }
        }
        lines.append(margin + line)
        return lines
    }

    /// `40 s`, `12 min`, `3 h 20 min`, `12 d 4 h`.
    static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }

    static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<10_240: "\(count) B"
        case ..<10_485_760: "\(count / 1024) KB"
        default: "\(count / 1_048_576) MB"
        }
    }
}
