/// A place in a text, as editors count: both from 1, a column a Unicode scalar.
public struct TextPosition: Equatable, Sendable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of the byte at `offset`; past the end counts as the end. Takes time in proportion to the offset: it is
    /// worked out once, for an error.
    public init(offset: Int, in text: Span<UInt8>) {
        var line = 1
        var column = 1
        // A byte order mark is no column.
        let isMarked = text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
        for index in (isMarked ? 3 : 0)..<max(isMarked ? 3 : 0, min(offset, text.count)) {
            if text[index] == 0x0A {
                line += 1
                column = 1
            } else if text[index] & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }
}

extension TextPosition: CustomStringConvertible {
    public var description: String { "line \(line), column \(column)" }
}
