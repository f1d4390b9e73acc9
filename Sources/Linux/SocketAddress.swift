import Bytes
import CLinux

/// An IPv4 or IPv6 address with a port, as the kernel takes it.
public struct SocketAddress: Equatable, Sendable {
    /// The bytes of a `sockaddr_in` or `sockaddr_in6`.
    let bytes: [UInt8]
    /// For logs: `192.168.1.7:8883`, `[2001:db8::1]:8883`.
    public let text: String

    init(bytes: [UInt8], text: String) {
        self.bytes = bytes
        self.text = text
    }

    /// The address of a text such as `192.168.1.7` or `2001:db8::1`, or nil where it is a name.
    public init?(_ address: String, port: UInt16) {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 {
            var socket = sockaddr_in()
            socket.sin_family = sa_family_t(AF_INET)
            socket.sin_port = port.bigEndian
            socket.sin_addr = four
            self.init(bytes: withUnsafeBytes(of: &socket) { [UInt8]($0) }, text: "\(address):\(port)")
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, address, &six) == 1 else { return nil }
        var socket = sockaddr_in6()
        socket.sin6_family = sa_family_t(AF_INET6)
        socket.sin6_port = port.bigEndian
        socket.sin6_addr = six
        self.init(bytes: withUnsafeBytes(of: &socket) { [UInt8]($0) }, text: "[\(address)]:\(port)")
    }

    /// The 4 or 16 bytes of an address's text, or nil where it is a name.
    public static func octets(_ address: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return withUnsafeBytes(of: &four) { [UInt8]($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, address, &six) == 1 { return withUnsafeBytes(of: &six) { [UInt8]($0) } }
        return nil
    }
}

extension Socket {
    /// Begins a TCP connection that does not block and sends small writes at once. It stands when the descriptor is
    /// writable and `connectError` gives 0.
    public static func connect(to address: SocketAddress) throws(SystemError) -> Int32 {
        let family = address.bytes.count == MemoryLayout<sockaddr_in>.size ? AF_INET : AF_INET6
        let fd = socket(family, 1 | O_NONBLOCK | O_CLOEXEC, 0)
        guard fd >= 0 else { throw SystemError("connect to \(address.text)") }
        var on: Int32 = 1
        _ = setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let result = address.bytes.withUnsafeBytes { clinux_connect(fd, $0.baseAddress, socklen_t($0.count)) }
        guard result == 0 || clinux_errno() == EINPROGRESS else {
            let error = SystemError("connect to \(address.text)")
            FileDescriptor.close(fd)
            throw error
        }
        return fd
    }

    /// Why a connection that was begun failed, as an error number; 0 where it did not.
    public static func connectError(_ fd: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return clinux_errno() }
        return code
    }

    /// Bytes that were written and that the other end has not confirmed (SIOCOUTQ, tcp(7)).
    public static func unsent(_ fd: Int32) -> Int { Int(clinux_unsent(fd)) }
}
