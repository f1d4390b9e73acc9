/// The header lines of one message, kept as they came in one piece of storage that is reused for the next message.
public struct HTTPHeaders: Sendable {
    private struct Line {
        let name: Range<Int>
        let value: Range<Int>
    }

    private var bytes: [UInt8] = []
    private var lines: [Line] = []

    init() {}

    public var count: Int { lines.count }

    /// The first value under the name (case does not matter), without the blanks around it; empty where the header is
    /// there without a value, nil where it is not there. The slice shares the storage: keep a copy, not the slice.
    public func value(_ name: StaticString) -> ArraySlice<UInt8>? {
        for line in lines where isNamed(line, name) { return bytes[line.value] }
        return nil
    }

    /// How many lines have the name.
    public func occurrences(_ name: StaticString) -> Int {
        var count = 0
        for line in lines where isNamed(line, name) { count += 1 }
        return count
    }

    /// Whether a comma-separated header holds the token (`Connection: keep-alive, Upgrade`), in any of its lines.
    public func list(_ name: StaticString, contains token: StaticString) -> Bool {
        let span = bytes.span
        for line in lines where isNamed(line, name) {
            var start = line.value.lowerBound
            for index in line.value.lowerBound...line.value.upperBound
            where index == line.value.upperBound || span[index] == UInt8(ascii: ",") {
                let element = HTTPSyntax.trim(span, start..<index)
                if HTTPSyntax.equalsIgnoringCase(span.extracting(element), token) { return true }
                start = index + 1
            }
        }
        return false
    }

    /// The line at that place, for logs and tests.
    public subscript(index: Int) -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        (bytes[lines[index].name], bytes[lines[index].value])
    }

    /// Bytes kept so far, to hold against the limit.
    var size: Int { bytes.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    /// Takes a line without its CR LF (RFC 9112 section 5).
    mutating func append(_ line: Span<UInt8>) throws(HTTPError) {
        if HTTPSyntax.isBlank(line[0]) { throw .foldedHeader }
        var colon = 0
        while colon < line.count, line[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < line.count, HTTPSyntax.isToken(line.extracting(0..<colon)) else { throw .malformedHeader }
        for index in colon + 1..<line.count where !HTTPSyntax.isValueByte(line[index]) { throw .controlCharacter }
        let value = HTTPSyntax.trim(line, colon + 1..<line.count)
        let start = bytes.count
        line.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        lines.append(
            Line(name: start..<start + colon, value: start + value.lowerBound..<start + value.upperBound))
    }

    /// The one value under the name as a span for `read`; nil where there is none.
    func withValue<Result>(_ name: StaticString, _ read: (Span<UInt8>) -> Result) -> Result? {
        for line in lines where isNamed(line, name) { return read(bytes.span.extracting(line.value)) }
        return nil
    }

    private func isNamed(_ line: Line, _ name: StaticString) -> Bool {
        line.name.count == name.utf8CodeUnitCount
            && HTTPSyntax.equalsIgnoringCase(bytes.span.extracting(line.name), name)
    }
}
