import Linux
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
    /// What config.json calls the place, for messages.
    public var keys: Keys

    public struct Keys: Sendable {
        /// Of the host.
        public var host: String
        /// Of the port.
        public var port: String
        /// What is spoken at the place, as in "MQTT over TLS".
        public var service: String

        public init(
            host: String = "coreThing.iotHost", port: String = "coreThing.iotMqttPort",
            service: String = "MQTT over TLS"
        ) {
            self.host = host
            self.port = port
            self.service = service
        }
    }

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
        place: HostAndPort, context: TLSClientContext, files: Files, keys: Keys = Keys(), proxy: NetworkProxy? = nil,
        proxyContext: TLSClientContext? = nil
    ) {
        self.place = place
        self.context = context
        self.files = files
        self.keys = keys
        if let proxy, proxy.serves(place.host, port: place.port) {
            self.proxy = proxy
            self.proxyContext = proxyContext
        }
    }
}

extension DialPlan {
    /// What it means that the server ended TLS with this alert (RFC 8446 section 6).
    func refusal(alert code: UInt8) -> DialFailure {
        // no_application_protocol (RFC 7301 section 3.2).
        if code == 120 {
            return DialFailure(
                .refused,
                "\(place.description) does not speak the protocol that AWS IoT has on port 443 and that this core asks for "
                    + "by ALPN (TLS alert 120); are \(keys.host) and \(keys.port) right?")
        }
        return DialFailure(
            .refused,
            "\(place.description) does not accept this core's certificate \(files.certificate) (TLS alert \(code)); it has to "
                + "be registered there and active")
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

    /// Watches it no more, and closes the socket.
    public func close(_ reactor: Reactor) {
        reactor.remove(descriptor)
        FileDescriptor.close(descriptor)
    }
}
