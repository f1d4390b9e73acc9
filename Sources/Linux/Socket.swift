import CLinux

/// Where a connection comes from, for logs: `192.168.1.7:50312`.
public struct PeerAddress: Sendable {
    public let text: String
}

/// A descriptor or the reason why there is none yet.
public enum AcceptResult {
    case accepted(Int32, PeerAddress)
    case wouldBlock
    /// The descriptor table is full, or the kernel is out of memory: wait, then try again.
    case exhausted(Int32)
}

/// Stream and record sockets, always close-on-exec; all but the launch pair do not block.
public enum Socket {
    /// The longest path that a program can connect to as it stands: 108 bytes with the final zero (unix(7)).
    public static let longestPath = 107
    /// Connections the kernel holds until they are accepted.
    public static let backlog: Int32 = 128

    /// Listens on all addresses, IPv6 and IPv4 in one socket where the kernel has IPv6.
    /// - Throws: `SystemError` with the port in its step, EADDRINUSE when another process has it.
    public static func listen(port: UInt16) throws(SystemError) -> Int32 {
        do throws(SystemError) {
            var any = sockaddr_in6()
            any.sin6_family = sa_family_t(AF_INET6)
            any.sin6_port = port.bigEndian
            return try listen(
                on: &any, size: MemoryLayout<sockaddr_in6>.size, family: AF_INET6, port: port, bothFamilies: true)
        } catch {
            guard error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL else { throw error }
        }
        var any = sockaddr_in()
        any.sin_family = sa_family_t(AF_INET)
        any.sin_port = port.bigEndian
        return try listen(
            on: &any, size: MemoryLayout<sockaddr_in>.size, family: AF_INET, port: port, bothFamilies: false)
    }

    /// Listens on 127.0.0.1 and, where the kernel has IPv6, on ::1: `localhost` may mean either.
    public static func listenOnLoopback(port: UInt16) throws(SystemError) -> [Int32] {
        var first = sockaddr_in()
        first.sin_family = sa_family_t(AF_INET)
        first.sin_port = port.bigEndian
        first.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var sockets = [
            try listen(
                on: &first, size: MemoryLayout<sockaddr_in>.size, family: AF_INET, port: port, bothFamilies: false)
        ]
        var second = sockaddr_in6()
        second.sin6_family = sa_family_t(AF_INET6)
        second.sin6_port = port.bigEndian
        second.sin6_addr = in6addr_loopback
        do throws(SystemError) {
            sockets.append(
                try listen(
                    on: &second, size: MemoryLayout<sockaddr_in6>.size, family: AF_INET6, port: port,
                    bothFamilies: false))
        } catch {
            guard error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL else {
                for socket in sockets { FileDescriptor.close(socket) }
                throw error
            }
        }
        return sockets
    }

    /// Listens on a socket file, replacing one left by an earlier process.
    /// - Parameter mode: who may connect, as for chmod(2).
    public static func listen(unixPath path: String, mode: UInt32) throws(SystemError) -> Int32 {
        let way = try UnixPath(path)
        defer { way.close() }
        var address = way.address
        let fd = try make(AF_UNIX, stream | nonBlocking | closeOnExec, step: "listen on \(path)")
        _ = unlink(path)
        guard clinux_bind(fd, &address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0, chmod(path, mode_t(mode)) == 0,
            CLinux.listen(fd, backlog) == 0
        else {
            let error = SystemError("listen on \(path)")
            FileDescriptor.close(fd)
            throw error
        }
        return fd
    }

    /// Connects to a socket file; the socket blocks.
    /// - Parameter patience: milliseconds after which connecting, a read or a write fails with EAGAIN.
    public static func connect(unixPath path: String, patience: Int32) throws(SystemError) -> Int32 {
        let way = try UnixPath(path)
        defer { way.close() }
        var address = way.address
        let fd = try make(AF_UNIX, stream | closeOnExec, step: "connect to \(path)")
        guard clinux_set_timeout(fd, patience) == 0,
            clinux_connect(fd, &address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        else {
            let error = SystemError("connect to \(path)")
            FileDescriptor.close(fd)
            throw error
        }
        return fd
    }

    /// Two ends that exchange whole records (SOCK_SEQPACKET, unix(7)); both block.
    public static func recordPair() throws(SystemError) -> (Int32, Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = withUnsafeMutablePointer(to: &ends) { pointer in
            pointer.withMemoryRebound(to: Int32.self, capacity: 2) {
                socketpair(AF_UNIX, seqpacket | closeOnExec, 0, $0)
            }
        }
        guard result == 0 else { throw SystemError("make a socket pair") }
        return ends
    }

    /// Takes one waiting connection; it does not block, and a TCP one sends small writes at once.
    public static func accept(_ listener: Int32) -> AcceptResult {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        while true {
            let fd = clinux_accept(listener, &address, &length, nonBlocking | closeOnExec)
            if fd >= 0 {
                if address.ss_family != sa_family_t(AF_UNIX) {
                    var on: Int32 = 1
                    _ = setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                }
                return .accepted(fd, PeerAddress(text: describe(&address)))
            }
            switch clinux_errno() {
            // The peer gave up before we came, or a signal: look for the next one (accept(2)).
            case EINTR, ECONNABORTED, EPROTO: continue
            case EAGAIN: return .wouldBlock
            case let code: return .exhausted(code)
            }
        }
    }

    /// The port a listener was given, for listeners on port 0.
    public static func localPort(_ fd: Int32) -> UInt16 {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = clinux_getsockname(fd, &address, &length)
        return UInt16(bigEndian: address.sin6_port)
    }
}

extension Socket {
    // SOCK_… are an enumeration in glibc and macros in musl: their values by number (bits/socket.h).
    private static var nonBlocking: Int32 { O_NONBLOCK }
    private static var closeOnExec: Int32 { O_CLOEXEC }
    private static var stream: Int32 { 1 }
    private static var seqpacket: Int32 { 5 }

    private static func make(_ family: Int32, _ type: Int32, step: String) throws(SystemError) -> Int32 {
        let fd = socket(family, type, 0)
        guard fd >= 0 else { throw SystemError(step) }
        return fd
    }

    private static func listen(
        on address: UnsafeRawPointer, size: Int, family: Int32, port: UInt16, bothFamilies: Bool
    ) throws(SystemError) -> Int32 {
        let step = "listen on TCP port \(port)"
        let fd = try make(family, stream | nonBlocking | closeOnExec, step: step)
        var on: Int32 = 1
        let flag = socklen_t(MemoryLayout<Int32>.size)
        _ = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, flag)
        if family == AF_INET6 {
            var only: Int32 = bothFamilies ? 0 : 1
            _ = setsockopt(fd, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, flag)
        }
        guard clinux_bind(fd, address, socklen_t(size)) == 0, CLinux.listen(fd, backlog) == 0 else {
            let error = SystemError(step)
            FileDescriptor.close(fd)
            throw error
        }
        return fd
    }

    private static func describe(_ storage: inout sockaddr_storage) -> String {
        let family = Int32(storage.ss_family)
        return withUnsafePointer(to: &storage) { pointer in
            switch family {
            case AF_INET:
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    var ip = address.pointee.sin_addr
                    return "\(Interfaces.text(AF_INET, &ip)):\(UInt16(bigEndian: address.pointee.sin_port))"
                }
            case AF_INET6:
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    var ip = address.pointee.sin6_addr
                    let text = Interfaces.text(AF_INET6, &ip)
                    let port = UInt16(bigEndian: address.pointee.sin6_port)
                    // An IPv4 peer of a two-family listener (RFC 4291 section 2.5.5.2).
                    if text.hasPrefix("::ffff:") { return "\(text.dropFirst(7)):\(port)" }
                    return "[\(text)]:\(port)"
                }
            default: "a local socket"
            }
        }
    }
}
