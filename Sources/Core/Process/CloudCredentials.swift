import Certificates
import Linux
import Network
import TLS

/// What the link to the cloud needs of files that only root may read: the core's key above all. Read before root is given
/// up, and kept as objects of OpenSSL.
struct CloudCredentials {
    let plan: DialPlan

    /// Where systems keep the authorities that they trust (row H-46).
    static let systemStores = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// - Returns: nil for a core without that service: `CloudService` says whose host has to be in config.json.
    static func read(
        _ configuration: Configuration, for service: CloudService = .messages
    ) throws(SetupError) -> CloudCredentials? {
        guard let host = service.host(configuration), let principal = configuration.principal else { return nil }
        let identity: TLSIdentity
        do throws(CertificateError) {
            identity = try TLSIdentity.read(
                key: principal.privateKey, certificate: principal.certificate, purpose: "the core's")
        } catch {
            throw SetupError("The core's identity in config.json cannot be used: \(error.description).")
        }
        let port = service.port(configuration)
        let context = try context(identity, service.protocols(port: port))
        try trust(principal.certificateAuthority, key: "caPath", context)
        let files = DialPlan.Files(
            authority: principal.certificateAuthority, certificate: principal.certificate,
            proxyAuthority: configuration.proxyAuthority ?? "")
        return CloudCredentials(
            plan: DialPlan(
                place: HostAndPort(host: host, port: port), context: context, files: files, keys: service.keys,
                proxy: configuration.proxy, proxyContext: try proxyContext(configuration, principal)))
    }

    /// For a proxy that speaks TLS: its own CA, the system's, and those of the root CA file, to which V1's users had to
    /// append the proxy's.
    private static func proxyContext(
        _ configuration: Configuration, _ principal: Configuration.Principal
    ) throws(SetupError) -> TLSClientContext? {
        guard let proxy = configuration.proxy, proxy.isSecure else { return nil }
        let context = try context(nil, [])
        if let path = configuration.proxyAuthority { try trust(path, key: "networkProxy.proxyCaPath", context) }
        try trust(principal.certificateAuthority, key: "caPath", context)
        for path in systemStores where Files.exists(path) {
            try trust(path, key: "the system's store", context)
            break
        }
        return context
    }

    private static func context(
        _ identity: TLSIdentity?, _ protocols: [String]
    ) throws(SetupError) -> TLSClientContext {
        do throws(TLSError) {
            return try TLSClientContext(identity: identity, protocols: protocols)
        } catch {
            throw SetupError("TLS for the cloud cannot be set up: \(error.description).")
        }
    }

    /// - Parameter key: what config.json calls the file.
    private static func trust(
        _ path: String, key: String, _ context: TLSClientContext
    ) throws(SetupError) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limit: TLSClientContext.largestAuthorities)
        } catch {
            throw SetupError("The CA certificates in \(key) cannot be read", error)
        }
        do throws(TLSError) {
            try context.trust(bytes, source: path)
        } catch {
            throw SetupError("The CA certificates in \(key) cannot be used: \(error.description).")
        }
    }
}
