import Bytes
import JSON
import Log

/// The log endpoint of V1.0: `{"logEvents":[{"timestamp":ms,"message":"[LEVEL]-file:line,text"}]}`.
enum LegacyLog {
    private static let maximumBytes = 1_048_576
    private static let mostEvents = 1000

    /// The lines of a request; nil when there are none.
    static func lines(_ body: [UInt8]) -> [(level: LogLevel, message: [UInt8])]? {
        let request: JSON
        do throws(JSONError) {
            request = try JSON.parse(body, maximumBytes: maximumBytes, maximumDepth: 8)
        } catch {
            return nil
        }
        guard let events = request["logEvents"]?.arrayValue, !events.isEmpty, events.count <= mostEvents else {
            return nil
        }
        var lines: [(level: LogLevel, message: [UInt8])] = []
        for event in events {
            guard let message = event["message"]?.stringValue else { return nil }
            lines.append(split(message.bytes))
        }
        return lines
    }

    /// `[LEVEL]-text`; a line without a level counts as INFO.
    private static func split(_ message: [UInt8]) -> (level: LogLevel, message: [UInt8]) {
        guard message.first == UInt8(ascii: "["), let end = message.firstIndex(of: UInt8(ascii: "]")), end < 12 else {
            return (.info, message)
        }
        var rest = message[(end + 1)...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        while rest.last == 0x0A || rest.last == 0x0D { rest = rest.dropLast() }
        let name = [UInt8](message[1..<end]).text
        let level: LogLevel
        switch name {
        // Python's names.
        case "WARNING": level = .warn
        case "CRITICAL": level = .fatal
        case "TRACE", "NOTSET": level = .debug
        default:
            guard let known = LogLevel(name: name) else { return (.info, message) }
            level = known
        }
        return (level, [UInt8](rest))
    }
}
