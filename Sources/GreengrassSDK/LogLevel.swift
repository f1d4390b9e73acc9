import CGreengrassSDK

/// Of a line in the function's log; the group's `Loggers` say from which level on lines are kept.
public enum LogLevel: Sendable {
    case debug
    case info
    case warning
    case error
    case fatal

    var code: gg_log_level {
        switch self {
        case .debug: GG_LOG_DEBUG
        case .info: GG_LOG_INFO
        case .warning: GG_LOG_WARN
        case .error: GG_LOG_ERROR
        case .fatal: GG_LOG_FATAL
        }
    }
}
