/// A JSON text with the tree that was read from it, so that a complaint about a value can name its line.
public struct JSONDocument: Sendable {
    public let text: [UInt8]
    public let value: JSON

    /// - Throws: as `JSON.parse`.
    public init(
        _ text: [UInt8], maximumBytes: Int, maximumDepth: Int = JSON.defaultMaximumDepth
    ) throws(JSONError) {
        value = try JSON.parse(text, maximumBytes: maximumBytes, maximumDepth: maximumDepth)
        self.text = text
    }

    /// The root, for typed reading.
    public var root: JSONNode { JSONNode(value, at: .root) }

    /// Where the value at `path` stands: a member at its key, an element at its first byte. Where the path leads
    /// nowhere, the place of the innermost value that holds it. The text is read again up to there: positions cost
    /// nothing until something is wrong.
    public func position(of path: JSONPath) -> TextPosition {
        var finder = JSONParser(text.span, maximumDepth: JSON.defaultMaximumDepth)
        return TextPosition(offset: finder.offset(of: path.steps), in: text.span)
    }
}
