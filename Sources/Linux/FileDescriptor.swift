import CLinux

/// An open descriptor that closes itself.
@frozen public struct FileDescriptor: ~Copyable {
    /// The number, valid while this value lives.
    public let raw: Int32

    public init(owning raw: Int32) {
        self.raw = raw
    }

    deinit {
        if raw >= 0 { _ = CLinux.close(raw) }
    }

    /// Gives up ownership: the caller closes the number.
    public consuming func release() -> Int32 {
        let number = raw
        discard self
        return number
    }

    /// Sets O_NONBLOCK.
    public static func makeNonBlocking(_ raw: Int32) {
        _ = clinux_fcntl(raw, F_SETFL, clinux_fcntl(raw, F_GETFL, 0) | O_NONBLOCK)
    }

    public static func close(_ raw: Int32) {
        _ = CLinux.close(raw)
    }

    /// Closes all descriptors but the standard ones and these: what a process inherits by fork(2) it could otherwise use,
    /// whatever its user may open.
    public static func closeAll(except kept: [Int32]) {
        var first: Int32 = 3
        for fd in kept.sorted() where fd >= first {
            if fd > first { clinux_close_range(first, fd - 1) }
            first = fd + 1
        }
        clinux_close_range(first, Int32.max)
    }

    /// A pipe with both ends close-on-exec; the read end does not block.
    public static func pipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutablePointer(to: &ends) { pointer in
            pointer.withMemoryRebound(to: Int32.self, capacity: 2) { pipe2($0, O_CLOEXEC) }
        }
        guard result == 0 else { throw SystemError("make a pipe") }
        makeNonBlocking(ends.0)
        return (ends.0, ends.1)
    }
}
