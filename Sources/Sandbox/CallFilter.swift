import CLinux
import CSeccomp
import Linux

/// The filter of system calls (seccomp(2)) of every container, compiled once.
final class CallFilter {
    let program: UnsafeMutableRawPointer
    let count: UInt16

    init() throws(SystemError) {
        var made: UnsafeMutableRawPointer?
        let count = cseccomp_compile(&made)
        guard count > 0, let made, let fits = UInt16(exactly: count) else {
            throw SystemError("compile the filter of system calls with libseccomp")
        }
        program = made
        self.count = fits
    }

    deinit {
        free(program)
    }
}
