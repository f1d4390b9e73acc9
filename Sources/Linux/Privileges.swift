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
