import Bytes
import Linux

/// One line in V1's format: `[2019-08-28T16:21:01.581Z][INFO]-message` (greengrass-logs-overview.md, row LOG-06).
public enum LogLine {
    /// Longest message; the rest is cut and its length told, so that a hostile peer cannot fill a log with one line.
    public static let longestMessage = 8192

    /// - Parameters:
    ///   - milliseconds: since 1970, UTC.
    ///   - message: control characters are written as `\x0a`, so that nothing from outside forges a line.
    /// - Returns: the line with its newline.
    public static func format(milliseconds: Int64, level: LogLevel, message: some Sequence<UInt8>) -> [UInt8] {
        var line: [UInt8] = [UInt8(ascii: "[")]
        line.append(contentsOf: CalendarDate(milliseconds: milliseconds).iso8601.utf8)
        line.append(contentsOf: [UInt8]("]["))
        line.append(contentsOf: [UInt8](level.name))
        line.append(contentsOf: [UInt8]("]-"))
        var count = 0
        for byte in message {
            count += 1
            if count > longestMessage { continue }
            if byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F {
                line.append(contentsOf: [UInt8]("\\x"))
                line.append(contentsOf: Hexadecimal.encode([byte]).utf8)
            } else {
                line.append(byte)
            }
        }
        if count > longestMessage { line.append(contentsOf: " … (\(count) bytes)".utf8) }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
