import Bytes
import CLinux

/// What this machine is called and where it can be reached.
public enum Interfaces {
    /// The host name, or `localhost` where none is set.
    public static func hostName() -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "localhost" }
        let name = withUnsafeBytes(of: &names.nodename) { raw in String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        return name.isEmpty ? "localhost" : name
    }

    /// IPv4 and IPv6 addresses of the interfaces that are up, without loopback, link-local and temporary ones, in the
    /// kernel's order.
    public static func addresses() -> [String] {
        let temporary = temporaryAddresses(readIPv6Table())
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, entry.ifa_flags & UInt32(1) != 0 /* IFF_UP */ else { continue }
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                let text = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { (pointer) -> String in
                    var ip = pointer.pointee.sin_addr
                    return Self.text(AF_INET, &ip)
                }
                if !text.hasPrefix("127."), !text.hasPrefix("169.254.") { found.append(text) }
            case AF_INET6:
                let (text, number) = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                    var ip = pointer.pointee.sin6_addr
                    return (Self.text(AF_INET6, &ip), withUnsafeBytes(of: &ip) { Hexadecimal.encode([UInt8]($0)) })
                }
                if text != "::1", !text.hasPrefix("fe80:"), !temporary.contains(number) { found.append(text) }
            default: continue
            }
        }
        return found
    }

    private static func readIPv6Table() -> [UInt8] {
        do throws(SystemError) { return try Files.read("/proc/net/if_inet6", limit: 1_048_576) } catch { return [] }
    }

    /// The addresses that the kernel makes up and replaces every day for outgoing connections (RFC 8981): nobody
    /// connects to them, and a certificate with them would be out of date each morning.
    /// - Parameter table: `/proc/net/if_inet6`: address, interface, prefix length, scope, flags and name, in
    ///   hexadecimal.
    /// - Returns: 32 hexadecimal digits each.
    static func temporaryAddresses(_ table: [UInt8]) -> [String] {
        var found: [String] = []
        for line in table.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            // IFA_F_TEMPORARY is 1 (linux/if_addr.h).
            guard fields.count > 4, let flags = UInt32(String(decoding: fields[4], as: UTF8.self), radix: 16),
                flags & 1 != 0
            else { continue }
            found.append(String(decoding: fields[0], as: UTF8.self))
        }
        return found
    }

    static func text(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        var room: InlineArray<64, CChar> = .init(repeating: 0)
        return withUnsafeMutableBytes(of: &room) { raw in
            guard let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self),
                inet_ntop(family, address, start, 64) != nil
            else { return "?" }
            return String(cString: start)
        }
    }
}
