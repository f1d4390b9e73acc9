import CLinux
import Linux

/// Every change a deployment makes to the file system, one step each.
///
/// Before each step the hook can let it fail: tests stop a deployment at every single one of them, as a power cut does.
final class Disk {
    /// The error number the next step is to fail with, or nil.
    var hook: ((_ step: String) -> Int32?)?

    private func begin(_ step: String) throws(SystemError) {
        if let code = hook?(step) { throw SystemError(step, code: code) }
    }

    /// One directory, with exactly that mode.
    func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        let step = "create the directory \(path)"
        try begin(step)
        guard mkdir(path, mode_t(mode)) == 0 else { throw SystemError(step) }
        // The umask has a say in mkdir but none in chmod.
        try changeMode(path, mode)
    }

    /// The directory and the missing ones above it.
    func makeDirectories(_ path: String) throws(SystemError) {
        try begin("create the directory \(path)")
        try Files.makeDirectories(path)
    }

    /// A new file, open for writing. Nothing of that name may be there, not even a link.
    func create(_ path: String, mode: UInt32) throws(SystemError) -> Int32 {
        let step = "create \(path)"
        try begin(step)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let fd = clinux_open(path, flags, mode)
        guard fd >= 0 else { throw SystemError(step) }
        if fchmod(fd, mode_t(mode)) != 0 {
            let error = SystemError("change the mode of \(path)")
            FileDescriptor.close(fd)
            throw error
        }
        return fd
    }

    func write(_ fd: Int32, _ bytes: UnsafeRawBufferPointer, path: String) throws(SystemError) {
        let step = "write \(path)"
        try begin(step)
        var written = 0
        while written < bytes.count {
            switch IO.write(fd, UnsafeRawBufferPointer(rebasing: bytes[written...])) {
            case .bytes(let amount): written += amount
            case .failed(let code): throw SystemError(step, code: code)
            case .wouldBlock, .closed: throw SystemError(step, code: EIO)
            }
        }
    }

    /// A whole new file.
    func createFile(_ path: String, _ bytes: [UInt8], mode: UInt32, group: UInt32? = nil) throws(SystemError) {
        let fd = FileDescriptor(owning: try create(path, mode: mode))
        // Span's closure cannot throw typed errors on every compiler: the outcome is carried out of it.
        let outcome: Result<Void, SystemError> = bytes.withUnsafeBytes { buffer in
            do throws(SystemError) {
                return .success(try self.write(fd.raw, buffer, path: path))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        if let group { try changeGroup(path, group) }
    }

    func makeLink(_ path: String, to target: String) throws(SystemError) {
        let step = "create the link \(path)"
        try begin(step)
        guard symlink(target, path) == 0 else { throw SystemError(step) }
    }

    func changeMode(_ path: String, _ mode: UInt32) throws(SystemError) {
        try begin("change the mode of \(path)")
        try Files.changeMode(path, mode)
    }

    /// Gives a file or directory to root and that group.
    func changeGroup(_ path: String, _ group: UInt32) throws(SystemError) {
        try begin("change the owner of \(path)")
        try Files.changeOwner(path, user: 0, group: group)
    }

    func rename(_ from: String, to path: String) throws(SystemError) {
        try begin("rename \(from) to \(path)")
        try Files.rename(from, to: path)
    }

    func remove(_ path: String) throws(SystemError) {
        guard try Files.linkStatus(path) != nil else { return }
        try begin("remove \(path)")
        try Files.removeTree(path)
    }

    func sync(directory path: String) throws(SystemError) {
        try begin("sync \(path)")
        try Files.sync(directory: path)
    }

    /// Makes a tree survive a power cut.
    ///
    /// The file system is told to write everything first, in its own order; the sync of each file after that finds
    /// nothing to do, but it is what reports that a write failed: syncfs(2) does so only from Linux 5.8 on.
    func sync(tree path: String) throws(SystemError) {
        try begin("sync \(path)")
        let fd = FileDescriptor(owning: clinux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        guard syncfs(fd.raw) == 0 else { throw SystemError("sync \(path)") }
        try syncEach(path)
    }

    private func syncEach(_ path: String) throws(SystemError) {
        for name in try Files.list(path) {
            let below = Path.join(path, name)
            guard let status = try Files.linkStatus(below) else { continue }
            if status.kind == .directory { try syncEach(below) }
            if status.kind == .file { try Files.sync(file: below) }
        }
        try Files.sync(directory: path)
    }

    /// Takes the lock that one deployment at a time holds; nil where another has it. The end of the process gives it back
    /// too.
    func lock(_ path: String) throws(SystemError) -> Int32? {
        try begin("lock \(path)")
        let fd = FileDescriptor(owning: clinux_open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        while flock(fd.raw, LOCK_EX | LOCK_NB) != 0 {
            if clinux_errno() == EWOULDBLOCK { return nil }
            if clinux_errno() != EINTR { throw SystemError("lock \(path)") }
        }
        return fd.release()
    }

    /// Gives it back. Closing the descriptor would not while a child that was forked at that moment has a copy of it, until
    /// it has executed its program.
    func unlock(_ lock: Int32) {
        _ = flock(lock, LOCK_UN)
        FileDescriptor.close(lock)
    }
}

extension SystemError {
    /// Whether there is no room, for data, for file names or within the user's quota.
    var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
}
