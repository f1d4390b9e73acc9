/// Text for messages about what a person wrote.
public enum Words {
    /// Most bytes of the other side's text that are repeated in a message.
    static let quotedBytes = 100

    /// The text in double quotes, cut to a bounded length, with control characters made visible: what is in a file must
    /// not move the cursor of the terminal that shows the message.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        var length = 0
        for scalar in text.unicodeScalars {
            if length >= quotedBytes { return result + "…\"" }
            length += 1
            switch scalar.value {
            case 0x22, 0x5C: result += "\\" + String(Character(scalar))
            case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// `"a", "b" or "c"`.
    static func choice(_ words: [String]) -> String {
        var text = ""
        for (index, word) in words.enumerated() {
            if index > 0 { text += index == words.count - 1 ? " or " : ", " }
            text += quoted(word)
        }
        return text
    }
}
