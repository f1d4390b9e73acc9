import CLinux

/// How a process ended.
public enum ProcessExit: Equatable, Sendable {
    case code(Int32)
    case signal(Int32)

    /// - Parameter status: as waitpid(2) gives it.
    public init(waitStatus status: Int32) {
        self = clinux_signaled(status) != 0 ? .signal(clinux_term_signal(status)) : .code(clinux_exit_code(status))
    }

    public var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let number): "killed by \(Signals.name(number))"
        }
    }
}
