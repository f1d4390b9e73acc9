import CLinux
import CSeccomp
import Linux

/// A filter of system calls (seccomp(2)).
final class CallFilter {
    let program: UnsafeMutableRawPointer
    let count: UInt16

    /// The one of every function's container.
    convenience init() throws(SystemError) {
        try self.init("compile the filter of system calls with libseccomp", cseccomp_compile)
    }

    /// Allows everything: tells whether the kernel takes filters at all.
    static func harmless() throws(SystemError) -> CallFilter {
        try CallFilter("make a filter of system calls", cseccomp_allow_all)
    }

    private init(
        _ step: String, _ make: (UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Int32
    ) throws(SystemError) {
        var made: UnsafeMutableRawPointer?
        let count = make(&made)
        guard count > 0, let made, let fits = UInt16(exactly: count) else { throw SystemError(step) }
        program = made
        self.count = fits
    }

    deinit {
        free(program)
    }
}
