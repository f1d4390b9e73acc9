import CLinux

/// Reads and writes on any descriptor, with the error numbers that mean "later" and "gone" told apart.
public enum IO {
    public static func read(_ fd: Int32, into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        result(retryingInterrupts { CLinux.read(fd, buffer.baseAddress, buffer.count) }, ofRead: true)
    }

    public static func write(_ fd: Int32, _ bytes: UnsafeRawBufferPointer) -> IOResult {
        if bytes.isEmpty { return .bytes(0) }
        return result(retryingInterrupts { CLinux.write(fd, bytes.baseAddress, bytes.count) }, ofRead: false)
    }

    /// Reads from a socket: less work for the kernel than `read`, which has to find out that it is one (recv(2)).
    public static func receive(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        result(retryingInterrupts { CLinux.recv(socket, buffer.baseAddress, buffer.count, 0) }, ofRead: true)
    }

    /// Writes to a socket (send(2)).
    public static func send(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> IOResult {
        if bytes.isEmpty { return .bytes(0) }
        let flags = Int32(truncatingIfNeeded: MSG_NOSIGNAL)
        return result(retryingInterrupts { CLinux.send(socket, bytes.baseAddress, bytes.count, flags) }, ofRead: false)
    }

    /// Writes everything to a blocking descriptor.
    public static func writeAll(_ fd: Int32, _ bytes: [UInt8], step: @autoclosure () -> String) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let amount = bytes.withUnsafeBytes { buffer in
                retryingInterrupts {
                    CLinux.write(fd, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                }
            }
            guard amount > 0 else { throw SystemError(step()) }
            written += amount
        }
    }

    /// Writes text to standard output (1) or standard error (2); a closed reader is not an error.
    public static func print(_ text: String, to fd: Int32 = 1) {
        do throws(SystemError) { try writeAll(fd, [UInt8](text.utf8), step: "write") } catch { return }
    }

    private static func result(_ amount: Int, ofRead isRead: Bool) -> IOResult {
        if amount > 0 { return .bytes(amount) }
        if amount == 0 { return isRead ? .closed : .bytes(0) }
        switch clinux_errno() {
        case EAGAIN: return .wouldBlock
        case EPIPE, ECONNRESET: return .closed
        case let code: return .failed(code)
        }
    }
}
