import CLinux

/// Processes of this machine.
public enum Processes {
    public static var current: Int32 { getpid() }
    public static var parent: Int32 { getppid() }

    /// A child that has ended, or nil when none has.
    public static func reap() -> (process: Int32, exit: ProcessExit)? {
        var status: Int32 = 0
        let process = waitpid(-1, &status, WNOHANG)
        return process > 0 ? (process, ProcessExit(waitStatus: status)) : nil
    }

    /// Waits for one child.
    public static func wait(_ process: Int32) -> ProcessExit? {
        var status: Int32 = 0
        let result = retryingInterrupts { Int(waitpid(process, &status, 0)) }
        return result == Int(process) ? ProcessExit(waitStatus: status) : nil
    }

    /// Process 1 may be ours: a container's supervisor is its first process. This process itself never is meant.
    public static func send(_ signal: Int32, to process: Int32) -> Bool {
        process > 0 && process != current && kill(process, signal) == 0
    }

    /// Sends to a whole process group.
    public static func send(_ signal: Int32, toGroup group: Int32) -> Bool {
        group > 1 && kill(-group, signal) == 0
    }

    /// Whether a process with this number exists, whoever owns it.
    public static func exists(_ process: Int32) -> Bool {
        process > 0 && (kill(process, 0) == 0 || clinux_errno() == EPERM)
    }

    /// The file this process runs.
    public static func executable() -> String? { Files.linkTarget("/proc/self/exe") }

    /// Has `ps` show this process, which must have one thread, under another command line. Under an emulator in user mode
    /// the former one stays.
    public static func setTitle(_ title: String) { _ = clinux_set_title(title) }

    public static func exit(_ code: Int32) -> Never {
        CLinux.exit(code)
    }

    /// Raises this process's soft limit of open descriptors to the hard one: a device, a worker's logs and a
    /// connection each take some (gg-troubleshooting.md: `too many open files`). Functions have the limit from before.
    public static func raiseDescriptorLimit() {
        clinux_raise_descriptor_limit(65_536)
    }

    /// Becomes another program, with this process's number, environment and open files; a name without a slash is looked up
    /// on the PATH.
    /// - Throws: when there is no such program, or it cannot be run; on success this does not return.
    public static func become(_ program: String, _ words: [String]) throws(SystemError) {
        var candidates = [program]
        if !program.utf8.contains(UInt8(ascii: "/")) {
            let path = environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
            candidates = path.utf8.split(separator: UInt8(ascii: ":")).map { folder in
                Path.join(String(decoding: Array(folder), as: UTF8.self), program)
            }
        }
        guard let file = candidates.first(where: { Files.isExecutable($0) }) else {
            throw SystemError("run \(program)", code: ENOENT)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        execv(file, &arguments)
        throw SystemError("run \(file)")
    }

    public static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
