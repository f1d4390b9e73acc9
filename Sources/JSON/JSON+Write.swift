extension JSON {
    public enum Layout: Sendable {
        /// No white space: for programs.
        case compact
        /// A member and an element a line, indented by four spaces: for files that people read.
        case pretty
    }

    /// Appends the value's text; numbers are written as they were read. The pretty layout has no line break at its end.
    public func write<Sink: JSONSink & ~Copyable>(to sink: inout Sink, layout: Layout = .compact) {
        write(to: &sink, layout: layout, depth: 0)
    }

    /// The value's text; the pretty layout ends with a line break.
    public func serialized(layout: Layout = .compact) -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, layout: layout)
        if layout == .pretty { bytes.append(UInt8(ascii: "\n")) }
        return bytes
    }

    /// Appends a text in double quotes, escaped: usable alone, for a log line or an error's body.
    public static func writeQuoted<Sink: JSONSink & ~Copyable>(_ text: String, to sink: inout Sink) {
        sink.append(UInt8(ascii: "\""))
        for byte in text.utf8 { writeEscaped(byte, to: &sink) }
        sink.append(UInt8(ascii: "\""))
    }

    /// Appends bytes from anywhere as a text in double quotes; what is not UTF-8 becomes U+FFFD.
    public static func writeQuoted<Sink: JSONSink & ~Copyable>(_ text: Span<UInt8>, to sink: inout Sink) {
        sink.append(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            let length = UTF8Sequence.length(in: text, at: index)
            if length == 0 { sink.append("\u{FFFD}") }
            for offset in 0..<length { writeEscaped(text[index + offset], to: &sink) }
            index += max(length, 1)
        }
        sink.append(UInt8(ascii: "\""))
    }

    /// The text in double quotes, escaped.
    public static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        writeQuoted(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write<Sink: JSONSink & ~Copyable>(to sink: inout Sink, layout: Layout, depth: Int) {
        switch self {
        case .null: sink.append("null")
        case .boolean(let flag): sink.append(flag ? "true" : "false")
        case .number(let number):
            for byte in number.text.utf8 { sink.append(byte) }
        case .string(let text): JSON.writeQuoted(text, to: &sink)
        case .array(let elements):
            sink.append(UInt8(ascii: "["))
            for index in elements.indices {
                if index > 0 { sink.append(UInt8(ascii: ",")) }
                JSON.breakLine(&sink, layout, depth + 1)
                elements[index].write(to: &sink, layout: layout, depth: depth + 1)
            }
            if !elements.isEmpty { JSON.breakLine(&sink, layout, depth) }
            sink.append(UInt8(ascii: "]"))
        case .object(let object):
            sink.append(UInt8(ascii: "{"))
            for index in object.members.indices {
                if index > 0 { sink.append(UInt8(ascii: ",")) }
                JSON.breakLine(&sink, layout, depth + 1)
                JSON.writeQuoted(object.members[index].key, to: &sink)
                sink.append(UInt8(ascii: ":"))
                if layout == .pretty { sink.append(UInt8(ascii: " ")) }
                object.members[index].value.write(to: &sink, layout: layout, depth: depth + 1)
            }
            if !object.isEmpty { JSON.breakLine(&sink, layout, depth) }
            sink.append(UInt8(ascii: "}"))
        }
    }

    private static func breakLine<Sink: JSONSink & ~Copyable>(_ sink: inout Sink, _ layout: Layout, _ depth: Int) {
        guard layout == .pretty else { return }
        sink.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { sink.append("    ") }
    }

    /// RFC 8259 section 7: quote, backslash and everything below U+0020 must be escaped. DEL is too, so that no
    /// terminal acts on it.
    private static func writeEscaped<Sink: JSONSink & ~Copyable>(_ byte: UInt8, to sink: inout Sink) {
        switch byte {
        case UInt8(ascii: "\""): sink.append("\\\"")
        case UInt8(ascii: "\\"): sink.append("\\\\")
        case 0x0A: sink.append("\\n")
        case 0x0D: sink.append("\\r")
        case 0x09: sink.append("\\t")
        case 0x08: sink.append("\\b")
        case 0x0C: sink.append("\\f")
        case 0..<0x20, 0x7F:
            sink.append("\\u00")
            sink.append(hexadecimal(byte >> 4))
            sink.append(hexadecimal(byte & 0x0F))
        default: sink.append(byte)
        }
    }

    private static func hexadecimal(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
