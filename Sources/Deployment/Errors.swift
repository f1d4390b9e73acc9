import CLinux

/// Error numbers for what the system did not refuse but we do.
enum Errors {
    static let invalid = EINVAL
}
