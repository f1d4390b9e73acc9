import Bytes
import Linux

/// Which hosts are reached without the proxy: `networkProxy.noProxyAddresses`, a list separated by commas (NET-05).
///
/// The guide's own example has a URL in it (`http://128.12.34.56,www.mywebsite.com`), so a scheme and what follows a
/// host are passed over. The rest is what `no_proxy` means to the programs of V1's time: a name is exempt with all below
/// it, a leading `.` or `*.` means those below only, `*` all; an address stands for itself, `10.0.0.0/8` for a network;
/// with a port only that one is meant.
public struct ProxyExemptions: Equatable, Sendable {
    private enum Entry: Equatable, Sendable {
        case all
        case name([UInt8], withItself: Bool, port: UInt16?)
        case network([UInt8], bits: Int, port: UInt16?)
    }

    private let entries: [Entry]
    /// The hosts as `no_proxy` has them: without schemes and blanks.
    public let text: String

    public init(_ list: String) {
        var entries: [Entry] = []
        var words: [String] = []
        for part in list.bytes.split(separator: UInt8(ascii: ",")) {
            let word = Self.withoutURL([UInt8](part))
            guard !word.isEmpty else { continue }
            words.append(word.text)
            if let entry = Self.entry(word) { entries.append(entry) }
        }
        self.entries = entries
        text = words.joined(separator: ",")
    }

    public func contains(_ host: String, port: UInt16) -> Bool {
        let address = SocketAddress.octets(host)
        let name = Self.lowered(host.bytes)
        for entry in entries {
            switch entry {
            case .all: return true
            case .network(let network, let bits, let wanted):
                if let address, wanted ?? port == port, Self.is(address, in: network, bits: bits) { return true }
            case .name(let suffix, let withItself, let wanted):
                if address != nil || wanted ?? port != port { continue }
                if withItself, name == suffix { return true }
                if name.count > suffix.count, name[name.count - suffix.count - 1] == UInt8(ascii: "."),
                    Array(name.suffix(suffix.count)) == suffix
                {
                    return true
                }
            }
        }
        return false
    }

    /// The host, port or network of a word without scheme, user and path.
    private static func withoutURL(_ part: [UInt8]) -> [UInt8] {
        var word: [UInt8] = []
        for byte in part where byte > 0x20 { word.append(byte) }
        var index = 0
        while index + 2 < word.count {
            if word[index] == UInt8(ascii: ":"), word[index + 1] == UInt8(ascii: "/"),
                word[index + 2] == UInt8(ascii: "/")
            {
                word = [UInt8](word[(index + 3)...])
                return [UInt8](word.prefix { $0 != UInt8(ascii: "/") })
            }
            index += 1
        }
        if word.last == UInt8(ascii: "/") { word.removeLast() }
        return word
    }

    private static func entry(_ word: [UInt8]) -> Entry? {
        if word == [UInt8(ascii: "*")] { return .all }
        if let slash = word.firstIndex(of: UInt8(ascii: "/")) {
            guard let network = SocketAddress.octets([UInt8](word[..<slash]).text),
                let bits = Int([UInt8](word[(slash + 1)...]).text), bits >= 0, bits <= network.count * 8
            else { return nil }
            return .network(network, bits: bits, port: nil)
        }
        guard let place = HostAndPort(word, standardPort: 0) else { return nil }
        let port = place.port == 0 ? nil : place.port
        if let address = SocketAddress.octets(place.host) {
            return .network(address, bits: address.count * 8, port: port)
        }
        var name = lowered(place.host.bytes)
        var withItself = true
        if name.starts(with: "*.") { name.removeFirst() }
        if name.first == UInt8(ascii: ".") {
            withItself = false
            name.removeFirst()
        }
        return name.isEmpty ? nil : .name(name, withItself: withItself, port: port)
    }

    private static func lowered(_ name: [UInt8]) -> [UInt8] {
        var name = name.map { $0.lowercasedASCII }
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        return name
    }

    private static func `is`(_ address: [UInt8], in network: [UInt8], bits: Int) -> Bool {
        guard address.count == network.count else { return false }
        for index in 0..<address.count {
            let left = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            if (address[index] ^ network[index]) & mask != 0 { return false }
        }
        return true
    }
}
