import CLinux

/// The start of a process of our own, and the end of its privileges.
public enum Privileges {
    /// Splits this process in two. Only a process with one thread may call it.
    /// - Returns: the child's number in the parent, 0 in the child.
    public static func fork() throws(SystemError) -> Int32 {
        let process = clinux_fork()
        guard process >= 0 else { throw SystemError("start another process") }
        return process
    }

    /// Gives up every privilege for good (capabilities(7): they go with user 0), and ends with the parent.
    /// - Parameter identity: nil keeps the current one, for a core that was started without root.
    public static func drop(to identity: (user: UInt32, group: UInt32)?, parent: Int32) throws(SystemError) {
        guard clinux_drop_privileges(identity == nil ? 0 : 1, identity?.user ?? 0, identity?.group ?? 0, parent) == 0
        else {
            throw SystemError("give up root's privileges")
        }
    }

    /// Leaves the terminal and the session of whoever started this process.
    public static func leaveSession() {
        _ = setsid()
        _ = chdir("/")
        _ = umask(0o022)
    }

    /// Reads from nowhere, and writes there too unless the output is kept.
    public static func closeStandardStreams(keepingOutput: Bool) {
        let null = clinux_open("/dev/null", O_RDWR | O_CLOEXEC, 0)
        guard null >= 0 else { return }
        for fd: Int32 in keepingOutput ? [0] : [0, 1, 2] { _ = dup2(null, fd) }
        if null > 2 { FileDescriptor.close(null) }
    }

    /// Orphans of children become children of this process.
    public static func adoptOrphans() { clinux_adopt_orphans() }

    /// Signals act as they do in a fresh program.
    public static func resetSignals() { clinux_reset_signals() }
}

/// A file that one process at a time holds (flock(2)), with the holder's number in it.
public struct LockFile: ~Copyable {
    private let descriptor: FileDescriptor
    private let path: String

    /// The descriptor that holds the lock.
    public var raw: Int32 { descriptor.raw }

    /// Takes the lock.
    ///
    /// Nobody else may open the file: whoever can, even for reading alone, can lock it, and so pass for a running daemon.
    /// - Returns: nil when another process holds it.
    public static func take(_ path: String) throws(SystemError) -> LockFile? {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        if flock(fd.raw, LOCK_EX | LOCK_NB) != 0 {
            guard clinux_errno() == EWOULDBLOCK else { throw SystemError("lock \(path)") }
            return nil
        }
        guard fchmod(fd.raw, 0o600) == 0 else { throw SystemError("change the mode of \(path)") }
        return LockFile(descriptor: fd, path: path)
    }

    /// Writes the number of the process that now holds the lock; a forked child shares it.
    public func write(process: Int32) throws(SystemError) {
        guard ftruncate(descriptor.raw, 0) == 0, lseek(descriptor.raw, 0, SEEK_SET) == 0 else {
            throw SystemError("write \(path)")
        }
        try IO.writeAll(descriptor.raw, [UInt8]("\(process)\n".utf8), step: "write \(path)")
    }

    /// The process that holds the lock, or nil when none does. A number left behind by a dead process is never given,
    /// so that nobody signals a stranger.
    public static func holder(_ path: String) throws(SystemError) -> Int32? {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0))
        if fd.raw < 0 {
            if clinux_errno() == ENOENT || clinux_errno() == ENOTDIR { return nil }
            throw SystemError("open \(path)")
        }
        if flock(fd.raw, LOCK_SH | LOCK_NB) == 0 { return nil }
        let text = try Files.read(descriptor: fd.raw, name: path, limit: 64)
        return Int32(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
