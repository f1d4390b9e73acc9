/// What a certificate to be made shall say.
public struct CertificateTemplate {
    public enum Usage: Equatable, Sendable {
        /// Signs certificates, but no further authorities.
        case authority
        /// Proves a server (TLS server authentication).
        case server
        /// Proves a device (TLS client authentication).
        case client
    }

    /// The subject's common name; more than 64 bytes are cut (ub-common-name, RFC 5280 appendix A.1).
    public var commonName: String
    /// The subject's organisational unit, or empty for none.
    public var organisationalUnit: String
    public var usage: Usage
    /// The names a server certificate is valid for.
    public var names: [SubjectName]
    /// Seconds since 1970 from which it is valid.
    public var notBefore: Int64
    /// Seconds since 1970 until which it is valid.
    public var notAfter: Int64

    public init(
        commonName: String, organisationalUnit: String = "", usage: Usage, names: [SubjectName] = [],
        notBefore: Int64, notAfter: Int64
    ) {
        self.commonName = commonName
        self.organisationalUnit = organisationalUnit
        self.usage = usage
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}
