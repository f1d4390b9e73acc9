import Foundation

/// What a document shows, against what appeared: `…` in a line is any text, a line of it alone any lines.
enum Expectation {
    /// - Returns: nil where they agree, else what does not.
    static func difference(_ expected: [String], _ seen: String) -> String? {
        let wanted = lines(expected.joined(separator: "\n"))
        let found = lines(seen)
        guard !matches(wanted[...], found[...]) else { return nil }
        let lost = wanted.filter { line in line != "…" && !found.contains { matches(line, $0) } }
        return """
            The document shows:
            \(wanted.map { "    " + $0 }.joined(separator: "\n"))
            What appeared:
            \(found.map { "    " + $0 }.joined(separator: "\n"))
            \(lost.isEmpty ? "Each line is there, but not so" : "Not there: " + lost.joined(separator: " | "))
            """
    }

    /// Without what a terminal takes for colours, ends of lines, and empty lines around.
    static func lines(_ text: String) -> [String] {
        let plain = text.replacingOccurrences(of: "\u{1b}\\[[0-9;?]*[a-zA-Z]", with: "", options: .regularExpression)
            .replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n")
        var lines = plain.components(separatedBy: "\n").map { line in
            String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func matches(_ wanted: ArraySlice<String>, _ found: ArraySlice<String>) -> Bool {
        guard let first = wanted.first else { return found.isEmpty }
        let rest = wanted.dropFirst()
        guard first == "…" else {
            guard let line = found.first else { return false }
            return matches(first, line) && matches(rest, found.dropFirst())
        }
        return (found.startIndex...found.endIndex).contains { matches(rest, found[$0...]) }
    }

    /// One line, in which each `…` stands for any text.
    static func matches(_ wanted: String, _ line: String) -> Bool {
        let parts = wanted.components(separatedBy: "…")
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return wanted == line }
        guard line.hasPrefix(first), line.count >= first.count + last.count, line.hasSuffix(last) else { return false }
        var rest = line.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
