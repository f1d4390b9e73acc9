import Bytes

/// A look at Python source that is enough to tell a handler from a typing mistake. It is no parser.
enum PythonSource {
    enum Definition {
        /// A line at the margin defines, assigns or imports the name, or imports everything of something.
        case likely
        /// The name occurs somewhere.
        case unclear
        /// The name does not occur.
        case absent
    }

    static func definition(of name: [UInt8], in source: [UInt8]) -> Definition {
        var occurs = false
        var isImport = false
        for line in source.split(separator: UInt8(ascii: "\n")) {
            let words = words(of: line)
            let isAtMargin = line.first.map { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } ?? false
            // The names of a bracketed import stand on lines of their own.
            let isContinued = isImport
            isImport = isAtMargin ? words.first == [UInt8]("from") || words.first == [UInt8]("import") : isImport
            if isAtMargin, words.first == [UInt8]("from"), line.contains(UInt8(ascii: "*")) { return .likely }
            guard words.contains(name) else { continue }
            occurs = true
            if line.first == UInt8(ascii: "#") { continue }
            if isAtMargin || isContinued { return defines(name, words, line) || isImport ? .likely : .unclear }
        }
        return occurs ? .unclear : .absent
    }

    private static func defines(_ name: [UInt8], _ words: [[UInt8]], _ line: ArraySlice<UInt8>) -> Bool {
        if words.first == name { return line.contains(UInt8(ascii: "=")) }
        return words.first == [UInt8]("def") || words.first == [UInt8]("async") || words.first == [UInt8]("class")
            || line.contains(UInt8(ascii: "="))
    }

    /// The runs of letters, digits, underscores and bytes above ASCII.
    private static func words(of line: ArraySlice<UInt8>) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        for byte in line {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
                word.append(byte)
            default:
                if !word.isEmpty { words.append(word) }
                word = []
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
