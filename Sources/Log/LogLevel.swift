/// How much a line matters; a logger drops what is below its threshold (greengrass-logs-overview.md).
public enum LogLevel: Int, Comparable, Sendable {
    case debug
    case info
    case warn
    case error
    case fatal

    public static func < (first: LogLevel, second: LogLevel) -> Bool { first.rawValue < second.rawValue }

    /// V1's spelling in lines and definitions.
    public var name: StaticString {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }

    /// - Parameter name: V1's spelling, upper case.
    public init?(name: String) {
        switch name {
        case "DEBUG": self = .debug
        case "INFO": self = .info
        case "WARN": self = .warn
        case "ERROR": self = .error
        case "FATAL": self = .fatal
        default: return nil
        }
    }
}
