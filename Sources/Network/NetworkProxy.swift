import Bytes

/// The proxy through which this machine reaches others: `coreThing.networkProxy` (row NET-05).
public struct NetworkProxy: Equatable, Sendable {
    /// Whether the way to the proxy itself is TLS.
    public var isSecure: Bool
    /// A name or an address, without the brackets of IPv6.
    public var host: String
    public var port: UInt16
    /// For basic authentication; nil where the proxy wants none.
    public var credentials: Credentials?
    public var exempt: ProxyExemptions

    public struct Credentials: Equatable, Sendable {
        public var userName: String
        public var password: String

        public init(userName: String, password: String) {
            self.userName = userName
            self.password = password
        }
    }

    /// What is wrong with a proxy's URL; each says what to write instead.
    public enum Problem: Error, Equatable, Sendable {
        case scheme(String)
        case noHost
        case port
        case path
        case escape

        public var description: String {
            switch self {
            case .scheme(let scheme):
                scheme.isEmpty
                    ? "http://HOST:PORT or https://HOST:PORT"
                    : "a URL with http:// or https:// (there are no \(scheme) proxies in this core, as in V1)"
            case .noHost: "a URL with a host, such as http://proxy.example.com:3128"
            case .port: "a URL whose port is a number from 1 to 65535"
            case .path: "a URL that ends after the port, as in http://proxy.example.com:3128"
            case .escape: "a URL whose user name and password have % only before two hexadecimal digits (%25 is %)"
            }
        }
    }

    /// Reads `scheme://user:password@host:port`. The default ports are 80 and 443, as V1's; the credentials in the URL
    /// win over those beside it.
    ///
    /// - Parameter userName, password: what stands beside the URL.
    public init(
        url: String, userName: String? = nil, password: String? = nil, exempt: ProxyExemptions = ProxyExemptions("")
    ) throws(Problem) {
        let text = url.bytes
        let scheme = Self.scheme(text)
        switch scheme.text.lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw .scheme(scheme.text)
        }
        var rest = [UInt8](text[(scheme.count + 3)...])
        if rest.last == UInt8(ascii: "/") { rest.removeLast() }
        for byte in rest where [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains(byte) { throw .path }
        credentials = userName.map { Credentials(userName: $0, password: password ?? "") }
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            credentials = try Self.credentials([UInt8](rest[..<at]))
            rest = [UInt8](rest[(at + 1)...])
        }
        guard let authority = HostAndPort(rest, standardPort: isSecure ? 443 : 80) else { throw .port }
        guard !authority.host.isEmpty else { throw .noHost }
        host = authority.host
        port = authority.port
        self.exempt = exempt
    }

    /// What comes before `://`, or nothing.
    private static func scheme(_ text: [UInt8]) -> [UInt8] {
        for index in 0..<max(0, text.count - 2) where text[index] == UInt8(ascii: ":") {
            let follows = text[index + 1] == UInt8(ascii: "/") && text[index + 2] == UInt8(ascii: "/")
            return follows ? [UInt8](text[..<index]) : []
        }
        return []
    }

    private static func credentials(_ userInformation: [UInt8]) throws(Problem) -> Credentials {
        let colon = userInformation.firstIndex(of: UInt8(ascii: ":")) ?? userInformation.count
        let password = colon < userInformation.count ? [UInt8](userInformation[(colon + 1)...]) : []
        guard let name = Self.unescaped([UInt8](userInformation[..<colon])), let word = Self.unescaped(password) else {
            throw .escape
        }
        return Credentials(userName: name.text, password: word.text)
    }

    /// Percent-encoding taken back (RFC 3986 section 2.1), or nil where it is broken.
    private static func unescaped(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%") {
                guard index + 2 < text.count, let high = Hexadecimal.value(text[index + 1]),
                    let low = Hexadecimal.value(text[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }
}

extension NetworkProxy {
    /// Whether the way to this host goes through the proxy.
    public func serves(_ host: String, port: UInt16) -> Bool { !exempt.contains(host, port: port) }

    /// The value of Proxy-Authorization, or nil (RFC 7617).
    public var authorization: [UInt8]? {
        guard let credentials else { return nil }
        return [UInt8]("Basic ") + Base64.encode("\(credentials.userName):\(credentials.password)".bytes)
    }

    /// The proxy without its credentials, for logs.
    public var description: String { (isSecure ? "https://" : "http://") + authority }

    /// The proxy as the variables `http_proxy` and `https_proxy` have it (row NET-06), with its credentials.
    public var url: String {
        var text = isSecure ? "https://" : "http://"
        if let credentials {
            text += "\(Self.escaped(credentials.userName)):\(Self.escaped(credentials.password))@"
        }
        return text + authority
    }

    private var authority: String { HostAndPort(host: host, port: port).description }

    private static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(contentsOf: Hexadecimal.encode([byte]).utf8)
            }
        }
        return bytes.text
    }
}
