import Glibc

/// Programs that tests write and then run.
public enum Program {
    /// F_SETLEASE of linux/fcntl.h, which the C library names for GNU programs alone.
    private static let setLease: Int32 = 1024

    /// Writes a program that everybody may run, and waits until it can be run.
    ///
    /// A child that another test starts at this moment holds the new file open for writing until it has executed its own
    /// program, and the kernel runs no program that is open for writing ("Text file busy", execve(2)). A read lease is
    /// refused for as long (fcntl(2), F_SETLEASE).
    public static func write(_ text: String, to path: String, mode: mode_t = 0o755) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { return false }
        let bytes = Array(text.utf8)
        let written = Glibc.write(file, bytes, bytes.count)
        guard fchmod(file, mode) == 0, close(file) == 0, written == bytes.count else { return false }
        return waitUntilNobodyWrites(path)
    }

    private static func waitUntilNobodyWrites(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        while fcntl(file, setLease, Int32(F_RDLCK)) != 0 {
            guard errno == EAGAIN else { return false }
            sched_yield()
        }
        return fcntl(file, setLease, Int32(F_UNLCK)) == 0
    }
}
