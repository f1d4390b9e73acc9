/// Splits `ExecArgs` into arguments as a shell would: at white space, with '…', "…" and \ to keep characters together
/// (row LAM-10; the guide names no rule).
enum ArgumentSplitter {
    static func split(_ text: String) -> [String] {
        var arguments: [String] = []
        var current: [UInt8] = []
        var hasCurrent = false
        var quote: UInt8?
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                current.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
                isEscaped = true
                hasCurrent = true
            } else if let open = quote {
                if byte == open { quote = nil } else { current.append(byte) }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                hasCurrent = true
            } else if byte == 0x20 || byte >= 0x09 && byte <= 0x0D {
                if hasCurrent { arguments.append(String(decoding: current, as: UTF8.self)) }
                current.removeAll(keepingCapacity: true)
                hasCurrent = false
            } else {
                current.append(byte)
                hasCurrent = true
            }
        }
        if hasCurrent { arguments.append(String(decoding: current, as: UTF8.self)) }
        return arguments
    }
}
