/// Exit codes of the core process, for its supervisor.
enum CoreExit {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    /// Everything is well; the core wants to be started anew with its privileges, for instance for a new certificate.
    static let startAgain: Int32 = 10
}
