import TLS

/// Whom to reach, through what, and whom to trust.
public struct DialPlan {
    public var place: HostAndPort
    public var context: TLSClientContext
    /// nil where there is none, or where the place is exempt.
    public var proxy: NetworkProxy?
    /// For a proxy that speaks TLS.
    public var proxyContext: TLSClientContext?
    /// The files that messages name.
    public var files: Files

    public struct Files: Sendable {
        /// Whose authorities the server's certificate has to lead to.
        public var authority: String
        /// What this end proves itself with.
        public var certificate: String
        /// Whose authorities a proxy's certificate may lead to; empty where there is only the system's store.
        public var proxyAuthority: String

        public init(authority: String, certificate: String, proxyAuthority: String = "") {
            self.authority = authority
            self.certificate = certificate
            self.proxyAuthority = proxyAuthority
        }
    }

    /// - Parameter proxy: used unless it exempts the place.
    public init(
        place: HostAndPort, context: TLSClientContext, files: Files, proxy: NetworkProxy? = nil,
        proxyContext: TLSClientContext? = nil
    ) {
        self.place = place
        self.context = context
        self.files = files
        if let proxy, proxy.serves(place.host, port: place.port) {
            self.proxy = proxy
            self.proxyContext = proxyContext
        }
    }
}

/// A connection that stands: TCP, the proxy's consent where there is one, and TLS with the server proven.
public final class DialedConnection {
    /// The caller's to close; not watched by the reactor any more.
    public let descriptor: Int32
    public let tls: TLSConnection
    /// For logs: the address, and the proxy where there is one.
    public let peer: String

    init(descriptor: Int32, tls: TLSConnection, peer: String) {
        self.descriptor = descriptor
        self.tls = tls
        self.peer = peer
    }
}
