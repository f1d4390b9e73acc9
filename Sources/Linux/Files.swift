import CLinux

/// Whole files and directory trees.
public enum Files {
    /// Reads a whole file.
    /// - Parameter limit: most bytes; a longer file is refused with EFBIG, so that a wrong path cannot eat the memory.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        // O_NONBLOCK: a pipe in a file's place is read as empty instead of waiting for a writer.
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        return try read(descriptor: fd.raw, name: path, limit: limit)
    }

    /// The first bytes of a file, fewer where it is shorter.
    public static func readStart(_ path: String, count: Int) throws(SystemError) -> [UInt8] {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        let descriptor = fd.raw
        var room = [UInt8](repeating: 0, count: count)
        let amount = room.withUnsafeMutableBytes { buffer in
            retryingInterrupts { CLinux.read(descriptor, buffer.baseAddress, buffer.count) }
        }
        if amount < 0 { throw SystemError("read \(path)") }
        return Array(room[0..<amount])
    }

    /// Reads what is left of an open file; `name` is for the error.
    public static func read(descriptor: Int32, name: String, limit: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16_384)
        while true {
            let amount = room.withUnsafeMutableBytes { buffer in
                retryingInterrupts { CLinux.read(descriptor, buffer.baseAddress, buffer.count) }
            }
            if amount < 0 { throw SystemError("read \(name)") }
            if amount == 0 { return bytes }
            bytes.append(contentsOf: room[0..<amount])
            if bytes.count > limit { throw SystemError("read \(name) (larger than \(limit) bytes)", code: EFBIG) }
        }
    }

    /// Opens a file for reading; the caller closes it.
    public static func open(_ path: String) throws(SystemError) -> Int32 {
        let fd = clinux_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard fd >= 0 else { throw SystemError("open \(path)") }
        return fd
    }

    /// Replaces a file so that after a power cut there is the old content or the new, never a part: written beside it,
    /// synced, renamed, and the directory synced.
    /// - Parameter owner: who is to own the file; nil leaves it to the caller of the process.
    public static func writeAtomically(
        _ path: String, _ bytes: [UInt8], mode: UInt32, owner: (user: UInt32, group: UInt32)? = nil
    ) throws(SystemError) {
        let partial = path + ".partial"
        _ = unlink(partial)
        do throws(SystemError) {
            let fd = FileDescriptor(owning: clinux_open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
            guard fd.raw >= 0 else { throw SystemError("create \(partial)") }
            try IO.writeAll(fd.raw, bytes, step: "write \(partial)")
            // fchown clears set-id bits, so it comes before fchmod; the umask has no say in fchmod.
            if let owner, fchown(fd.raw, owner.user, owner.group) != 0 {
                throw SystemError("change the owner of \(partial)")
            }
            guard fchmod(fd.raw, mode_t(mode)) == 0 else { throw SystemError("change the mode of \(partial)") }
            guard fsync(fd.raw) == 0 else { throw SystemError("sync \(partial)") }
            guard CLinux.rename(partial, path) == 0 else { throw SystemError("rename \(partial) to \(path)") }
        } catch {
            _ = unlink(partial)
            throw error
        }
        try sync(directory: Path.parent(path))
    }

    /// Makes what happened in a directory survive a power cut.
    public static func sync(directory path: String) throws(SystemError) {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        guard fsync(fd.raw) == 0 else { throw SystemError("sync \(path)") }
    }

    /// Makes what a file contains survive a power cut.
    public static func sync(file path: String) throws(SystemError) {
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        guard fsync(fd.raw) == 0 else { throw SystemError("sync \(path)") }
    }

    /// Creates a directory and the missing ones above it. Ones that exist are left as they are; the umask has no say.
    public static func makeDirectories(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
        if path.isEmpty || path == "/" { return }
        if let status = try status(path) {
            guard status.kind == .directory else {
                throw SystemError("create the directory \(path)", code: ENOTDIR)
            }
            return
        }
        try makeDirectories(Path.parent(path), mode: 0o755)
        if mkdir(path, mode_t(mode)) != 0, clinux_errno() != EEXIST {
            throw SystemError("create the directory \(path)")
        }
        guard chmod(path, mode_t(mode)) == 0 else { throw SystemError("change the mode of \(path)") }
    }

    /// Creates a directory that nobody had before and that is for this user alone: in a folder where others may write, one
    /// with a name that they could guess might be theirs.
    /// - Returns: its path, the prefix and sixteen digits.
    public static func makePrivateDirectory(prefix: String) throws(SystemError) -> String {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<16 {
            let digits = String(generator.next(), radix: 16)
            let path = prefix + String(repeating: "0", count: 16 - digits.utf8.count) + digits
            if mkdir(path, 0o700) == 0 { return path }
            guard clinux_errno() == EEXIST else { throw SystemError("create the directory \(path)") }
        }
        throw SystemError("create a directory \(prefix)…", code: EEXIST)
    }

    /// What a path leads to, links followed; nil when there is nothing.
    public static func status(_ path: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        if stat(path, &status) == 0 { return FileStatus(status) }
        if clinux_errno() == ENOENT || clinux_errno() == ENOTDIR { return nil }
        throw SystemError("look at \(path)")
    }

    /// What a path names, a link itself; nil when there is nothing.
    public static func linkStatus(_ path: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        if lstat(path, &status) == 0 { return FileStatus(status) }
        if clinux_errno() == ENOENT || clinux_errno() == ENOTDIR { return nil }
        throw SystemError("look at \(path)")
    }

    public static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Whether a folder above the path keeps this process from telling if it is there.
    public static func isOutOfReach(_ path: String) -> Bool {
        access(path, F_OK) != 0 && clinux_errno() == EACCES
    }

    /// Whether this process may execute the file.
    public static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0
    }

    /// The names in a directory, sorted by bytes, without `.` and `..`.
    public static func list(_ path: String) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else { throw SystemError("list \(path)") }
        defer { closedir(stream) }
        return try names(in: stream, path: path)
    }

    /// The names that an open directory stream still has, sorted.
    static func names(in stream: OpaquePointer, path: String) throws(SystemError) -> [String] {
        var names: [String] = []
        while true {
            clinux_set_errno(0)
            guard let entry = readdir(stream) else {
                guard clinux_errno() == 0 else { throw SystemError("list \(path)") }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        names.sort { first, second in first.utf8.lexicographicallyPrecedes(second.utf8) }
        return names
    }

    /// Removes a file, a link, or a directory with all it holds; nothing there is not an error. Links are not followed.
    public static func removeTree(_ path: String) throws(SystemError) {
        guard let status = try linkStatus(path) else { return }
        if status.kind == .directory {
            for name in try list(path) { try removeTree(Path.join(path, name)) }
            guard rmdir(path) == 0 else { throw SystemError("remove \(path)") }
        } else {
            guard unlink(path) == 0 else { throw SystemError("remove \(path)") }
        }
    }

    /// Renames within one file system; an existing target is replaced.
    public static func rename(_ from: String, to: String) throws(SystemError) {
        guard CLinux.rename(from, to) == 0 else { throw SystemError("rename \(from) to \(to)") }
    }

    /// Points a symbolic link at a target so that no moment is without one.
    public static func switchLink(_ path: String, to target: String) throws(SystemError) {
        let partial = path + ".partial"
        _ = unlink(partial)
        guard symlink(target, partial) == 0 else { throw SystemError("create the link \(partial)") }
        try rename(partial, to: path)
        try sync(directory: Path.parent(path))
    }

    /// Where a symbolic link points; nil when the path is no link.
    public static func linkTarget(_ path: String) -> String? {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = room.withUnsafeMutableBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
            }
        }
        return count > 0 ? String(decoding: room[0..<count], as: UTF8.self) : nil
    }

    /// The path without symbolic links and `..`, as far as it exists; what does not exist yet is kept as it is.
    public static func resolve(_ path: String) -> String {
        if let found = clinux_resolve_path(path) {
            defer { free(found) }
            return String(cString: found)
        }
        let parent = Path.parent(path)
        if parent == path || parent == "." { return path }
        return Path.join(resolve(parent), Path.name(path))
    }

    public static func changeOwner(_ path: String, user: UInt32, group: UInt32) throws(SystemError) {
        guard lchown(path, user, group) == 0 else { throw SystemError("change the owner of \(path)") }
    }

    public static func changeMode(_ path: String, _ mode: UInt32) throws(SystemError) {
        guard chmod(path, mode_t(mode)) == 0 else { throw SystemError("change the mode of \(path)") }
    }
}
