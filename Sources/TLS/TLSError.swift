/// Why a key, a certificate or a context could not be made or read.
///
/// `source` is how the caller named the bytes, normally the path of the file they came from.
public enum TLSError: Error, Equatable, CustomStringConvertible {
    /// The bytes are no PEM private key that OpenSSL reads.
    case unreadableKey(source: String, reason: String)
    /// The key is protected by a pass phrase, and nobody is there to type it.
    case encryptedKey(source: String)
    /// The key is neither RSA of 2048 bits or more nor EC on P-256 or P-384 (gg-sec.md, local MQTT server).
    case unsuitableKey(source: String, found: String)
    /// The bytes are no certificate in PEM or DER.
    case unreadableCertificate(source: String, reason: String)
    /// The certificate holds another public key than the private key's.
    case keyMismatch(key: String, certificate: String)
    /// A call into OpenSSL failed that fails only without memory, without entropy or with impossible arguments.
    case library(step: String, reason: String)

    public var description: String {
        switch self {
        case .unreadableKey(let source, let reason):
            "\(source) holds no private key that can be read (\(reason)); expected a PEM file with "
                + "-----BEGIN PRIVATE KEY-----, -----BEGIN RSA PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----"
        case .encryptedKey(let source):
            "the private key in \(source) is protected by a pass phrase; store it without one, readable by its owner "
                + "only: openssl pkey -in \(source) -out NEW.key"
        case .unsuitableKey(let source, let found):
            "the private key in \(source) is \(found); expected RSA with at least 2048 bits, or EC on P-256 or P-384"
        case .unreadableCertificate(let source, let reason):
            "\(source) holds no certificate that can be read (\(reason)); expected a PEM file with "
                + "-----BEGIN CERTIFICATE-----"
        case .keyMismatch(let key, let certificate):
            "the private key in \(key) does not belong to the certificate in \(certificate); "
                + "name the two files that were made together"
        case .library(let step, let reason):
            "\(step) failed: \(reason)"
        }
    }
}
