import Linux

/// Why a connection failed, for the log.
public enum TLSFailure: Equatable, CustomStringConvertible {
    /// The client's certificate is none of the group's.
    case unknownCertificate(UnknownCertificate)
    /// The client sent no certificate.
    case noCertificate
    /// The server's certificate is not what it has to be.
    case untrustedServer(UntrustedServer)
    /// What arrived is not TLS.
    case notTLS
    /// What arrived is plain HTTP.
    case plainHTTP
    /// The client speaks only versions before TLS 1.2.
    case oldProtocol
    /// The client offers no cipher suite, curve or signature that this end accepts.
    case noSharedCipher
    /// The other end refused with this alert (RFC 8446 section 6).
    case alert(UInt8)
    /// A system call failed with this errno.
    case system(Int32)
    /// Anything else, in OpenSSL's words.
    case other(String)

    public var description: String {
        switch self {
        case .unknownCertificate(let certificate):
            "its certificate \(certificate.description) belongs to no device of the "
                + "group; add the device to the group and deploy, or give the device the certificate of the group"
        case .noCertificate:
            "it sent no certificate; a device connects with its certificate and private key"
        case .untrustedServer(let server):
            server.description
        case .notTLS:
            "it does not speak TLS; connect with TLS and the device's certificate"
        case .plainHTTP:
            "it speaks plain HTTP; connect with TLS and the device's certificate"
        case .oldProtocol:
            "it offers no version of TLS from 1.2 on; update its TLS library"
        case .noSharedCipher:
            "it offers no cipher suite that this core accepts; update its TLS library"
        case .alert(let code):
            "it refused with the alert \(Self.name(ofAlert: code))"
        case .system(let code):
            SystemError("the connection broke", code: code).description
        case .other(let text):
            text
        }
    }

    private static func name(ofAlert code: UInt8) -> String {
        switch code {
        case 40: "handshake failure"
        case 42: "bad certificate: it does not accept this core's certificate; give it the group CA"
        case 43: "unsupported certificate"
        case 45: "certificate expired: compare its clock with this core's"
        case 46: "certificate unknown: it does not accept this core's certificate; give it the group CA"
        case 48: "unknown CA: it does not know the CA of this core's certificate; give it the group CA"
        case 70: "protocol version"
        case 71: "insufficient security"
        case 80: "internal error: some clients say so when the core's certificate lacks the name they connect to"
        case 90: "user cancelled"
        case 112: "unrecognized name"
        default: "\(code) (RFC 8446 section 6)"
        }
    }
}
