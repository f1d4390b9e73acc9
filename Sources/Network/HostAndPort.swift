import Bytes

/// A host with a port, as in `example.com:443` and `[2001:db8::1]:443`.
public struct HostAndPort: Equatable, Sendable {
    /// A name or an address, without brackets.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// - Parameter standardPort: where the text has none.
    /// - Returns: nil where the port is no number from 1 to 65535, or the brackets are not closed.
    public init?(_ text: [UInt8], standardPort: UInt16) {
        var host = text
        var port: [UInt8]?
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = [UInt8](text[1..<close])
            let rest = [UInt8](text[(close + 1)...])
            if !rest.isEmpty {
                guard rest[0] == UInt8(ascii: ":") else { return nil }
                port = [UInt8](rest.dropFirst())
            }
        } else if let colon = text.lastIndex(of: UInt8(ascii: ":")), text.firstIndex(of: UInt8(ascii: ":")) == colon {
            host = [UInt8](text[..<colon])
            port = [UInt8](text[(colon + 1)...])
        }
        self.host = host.text
        self.port = standardPort
        guard let port else { return }
        guard let number = UInt16(port.text), number > 0, port[0] != UInt8(ascii: "+") else { return nil }
        self.port = number
    }

    public var description: String { "\(bracketedHost):\(port)" }

    /// What the header Host has: without the port where that is the protocol's own (RFC 9110 section 7.2).
    public func authority(standardPort: UInt16) -> String { port == standardPort ? bracketedHost : description }

    private var bracketedHost: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }
}
