import JSON

/// Something about a group that a person should know.
public struct Finding: Equatable, Sendable {
    public enum Severity: Sendable {
        /// The group cannot be deployed.
        case violation
        /// The group can be deployed; what is said has no effect, or a surprising one.
        case warning
    }

    public var severity: Severity
    /// Where in `group.json`, as a JSON path: `$.Functions[2].FunctionConfiguration.Timeout`.
    public var path: String
    /// The line and column of what `path` names, where they are known.
    public var position: TextPosition?
    /// What was found, what was expected, and what to do.
    public var message: String

    public init(_ severity: Severity, path: String, position: TextPosition? = nil, message: String) {
        self.severity = severity
        self.path = path
        self.position = position
        self.message = message
    }

    /// The finding for a `group.json` that is no JSON.
    public static func unreadable(_ error: JSONError) -> Finding {
        Finding(
            .violation, path: "$", position: error.position, message: "not readable as JSON: \(error.reason.sentence)")
    }
}

extension Finding: CustomStringConvertible {
    /// One line: `error: $.Functions[2].Runtime (line 30, column 7): missing; write …`.
    public var description: String {
        var text = (severity == .violation ? "error: " : "warning: ") + path
        if let position { text += " (\(position))" }
        return text + ": " + message
    }
}
