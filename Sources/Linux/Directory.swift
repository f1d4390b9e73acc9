import CLinux

/// An open directory whose entries are reached through it and not through its path, so that nobody who may write there
/// can put a link in the way between two steps (openat(2), "Rationale").
public struct Directory: ~Copyable {
    private let descriptor: FileDescriptor
    /// For errors.
    private let path: String

    private init(_ number: Int32, _ path: String) throws(SystemError) {
        descriptor = FileDescriptor(owning: number)
        self.path = path
        guard number >= 0 else { throw SystemError("open the directory \(path)") }
    }

    /// Links on the way to it are followed.
    public static func open(_ path: String) throws(SystemError) -> Directory {
        try Directory(clinux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), path)
    }

    /// A directory in this one; a link is refused with ELOOP or ENOTDIR.
    public func directory(_ name: String) throws(SystemError) -> Directory {
        try Directory(
            clinux_openat(descriptor.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0),
            Path.join(path, name))
    }

    /// Opens a file in this directory for reading; a link is refused with ELOOP, and a pipe is not waited for.
    public func file(_ name: String) throws(SystemError) -> FileDescriptor {
        let fd = clinux_openat(descriptor.raw, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0)
        guard fd >= 0 else { throw SystemError("open \(Path.join(path, name))") }
        return FileDescriptor(owning: fd)
    }

    /// What a name stands for, a link itself; nil when there is nothing.
    public func status(_ name: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        if fstatat(descriptor.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
        if clinux_errno() == ENOENT { return nil }
        throw SystemError("look at \(Path.join(path, name))")
    }

    /// Where a symbolic link points; nil when the name is no link.
    public func linkTarget(_ name: String) -> String? {
        var room = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(descriptor.raw, name, &room, room.count)
        return count > 0 ? String(decoding: room[0..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// The names in it, sorted by bytes, without `.` and `..`.
    public func list() throws(SystemError) -> [String] {
        // A descriptor of its own: closedir(3) closes it.
        let fd = clinux_openat(descriptor.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard fd >= 0 else { throw SystemError("list \(path)") }
        guard let stream = fdopendir(fd) else {
            let error = SystemError("list \(path)")
            FileDescriptor.close(fd)
            throw error
        }
        defer { closedir(stream) }
        return try Files.names(in: stream, path: path)
    }
}
