import CLinux

/// A system call that failed: what was being done, to what, and why.
public struct SystemError: Error {
    /// What was being done, with its object: `open /greengrass/config/config.json`.
    public let step: String
    /// The error number, errno(3).
    public let code: Int32

    public init(_ step: String, code: Int32 = clinux_errno()) {
        self.step = step
        self.code = code
    }

    /// The reason alone: `No such file or directory`.
    public var reason: String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    /// Step and reason: `open /greengrass/config/config.json: No such file or directory`.
    public var description: String { "\(step): \(reason)" }
}

/// Runs a system call again while a signal interrupts it.
@inline(__always)
func retryingInterrupts(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result >= 0 || clinux_errno() != EINTR { return result }
    }
}
