extension JSON {
    /// How deeply arrays and objects may stand in each other; groups and configuration need six.
    public static let defaultMaximumDepth = 64

    /// Reads one JSON text.
    ///
    /// - Parameters:
    ///   - maximumBytes: the largest text that is taken; the caller knows what it expects.
    ///   - maximumDepth: how deeply arrays and objects may stand in each other.
    /// - Throws: the first thing that RFC 8259 does not allow, a key given twice, or a limit that is passed.
    public static func parse(
        _ text: Span<UInt8>, maximumBytes: Int, maximumDepth: Int = JSON.defaultMaximumDepth
    ) throws(JSONError) -> JSON {
        guard text.count <= maximumBytes else {
            throw JSONError(.tooLarge(limit: maximumBytes), at: TextPosition(line: 1, column: 1))
        }
        var parser = JSONParser(text, maximumDepth: maximumDepth)
        return try parser.parseDocument()
    }

    public static func parse(
        _ text: [UInt8], maximumBytes: Int, maximumDepth: Int = JSON.defaultMaximumDepth
    ) throws(JSONError) -> JSON {
        try parse(text.span, maximumBytes: maximumBytes, maximumDepth: maximumDepth)
    }
}
