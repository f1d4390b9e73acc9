import CLinux

/// A file that one process at a time holds (flock(2)), with the holder's number in it.
public struct LockFile: ~Copyable {
    private let descriptor: FileDescriptor
    private let path: String

    /// How often a lock that somebody has is tried again, 1 ms apart: `holder(_:)` has it for a moment too.
    private static let tries = 50

    /// The descriptor that holds the lock.
    public var raw: Int32 { descriptor.raw }

    /// Takes the lock and empties the file: until `write(process:)` nobody reads a dead process's number in it.
    ///
    /// Nobody else may open it: whoever can, even for reading alone, can lock it, and so pass for a running daemon.
    /// - Returns: nil when another process holds it.
    public static func take(_ path: String) throws(SystemError) -> LockFile? {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        var left = tries
        while flock(fd.raw, LOCK_EX | LOCK_NB) != 0 {
            if clinux_errno() == EINTR { continue }
            guard clinux_errno() == EWOULDBLOCK else { throw SystemError("lock \(path)") }
            left -= 1
            if left == 0 { return nil }
            Clock.pause(milliseconds: 1)
        }
        guard fchmod(fd.raw, 0o600) == 0 else { throw SystemError("change the mode of \(path)") }
        guard ftruncate(fd.raw, 0) == 0 else { throw SystemError("write \(path)") }
        return LockFile(descriptor: fd, path: path)
    }

    /// Writes the number of the process that now holds the lock; a forked child shares it.
    /// - Parameter note: for `holding(_:)`, one line.
    public func write(process: Int32, note: String = "") throws(SystemError) {
        guard ftruncate(descriptor.raw, 0) == 0, lseek(descriptor.raw, 0, SEEK_SET) == 0 else {
            throw SystemError("write \(path)")
        }
        try IO.writeAll(descriptor.raw, [UInt8]("\(process)\n\(note)".utf8), step: "write \(path)")
    }

    /// Gives the lock up, and leaves no file.
    public consuming func remove() throws(SystemError) { try Files.removeTree(path) }

    /// The process that holds the lock, or nil when none does. A number left behind by a dead process is never given,
    /// so that nobody signals a stranger.
    public static func holder(_ path: String) throws(SystemError) -> Int32? { try holding(path)?.process }

    /// The same with what it noted.
    public static func holding(_ path: String) throws(SystemError) -> (process: Int32, note: String)? {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0))
        if fd.raw < 0 {
            if clinux_errno() == ENOENT || clinux_errno() == ENOTDIR { return nil }
            throw SystemError("open \(path)")
        }
        if flock(fd.raw, LOCK_SH | LOCK_NB) == 0 {
            // At once, not when the last copy that a forked child has is closed.
            _ = flock(fd.raw, LOCK_UN)
            return nil
        }
        let lines = try Files.read(descriptor: fd.raw, name: path, limit: 8192)
            .split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let process = lines.first.flatMap({ Int32($0) }) else { return nil }
        return (process, lines.count > 1 ? lines[1] : "")
    }
}
