import COpenSSL

/// A server's certificate that was refused, for the log. A class for the reasons `UnknownCertificate` has.
public final class UntrustedServer: Equatable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// It is valid from this second since 1970 on, which this machine's clock has not reached.
        case notYetValid(from: Int64)
        /// It was valid until this second since 1970.
        case expired(since: Int64)
        /// It is for other hosts.
        case otherName
        /// None of the trusted authorities signed it.
        case unknownIssuer
        /// Anything else, in OpenSSL's words.
        case other(String)
    }

    public let problem: Problem
    /// The common name of the refused certificate: the server's, or one above it.
    public let commonName: String
    /// The common name of who signed it, cleaned for logs.
    public let issuer: String
    /// What the server's certificate is for: host names and addresses.
    public let names: [String]

    init(problem: Problem, commonName: String, issuer: String, names: [String]) {
        self.problem = problem
        self.commonName = commonName
        self.issuer = issuer
        self.names = names
    }

    public var description: String {
        switch problem {
        case .notYetValid: "its certificate \(commonName) is not valid yet"
        case .expired: "its certificate \(commonName) has expired"
        case .otherName: "its certificate is for \(names.joined(separator: ", "))"
        case .unknownIssuer: "its certificate \(commonName) is signed by \(issuer), which is not trusted"
        case .other(let text): "its certificate \(commonName) is refused: \(text)"
        }
    }

    public static func == (first: UntrustedServer, second: UntrustedServer) -> Bool {
        first.problem == second.problem && first.commonName == second.commonName && first.issuer == second.issuer
    }

    /// What OpenSSL's verification stumbled over.
    convenience init?(_ store: OpaquePointer) {
        let code = X509_STORE_CTX_get_error(store)
        guard let refused = X509_STORE_CTX_get_current_cert(store) ?? X509_STORE_CTX_get0_cert(store) else {
            return nil
        }
        let problem: Problem
        switch code {
        case X509_V_ERR_CERT_NOT_YET_VALID:
            problem = .notYetValid(from: X509Text.seconds(X509_get0_notBefore(refused)))
        case X509_V_ERR_CERT_HAS_EXPIRED:
            problem = .expired(since: X509Text.seconds(X509_get0_notAfter(refused)))
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            problem = .otherName
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            problem = .unknownIssuer
        default:
            problem = .other(X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)")
        }
        self.init(
            problem: problem, commonName: X509Text.commonName(refused), issuer: X509Text.issuerName(refused),
            names: Self.names(X509_STORE_CTX_get0_cert(store)))
    }

    /// More names than that help nobody.
    private static let mostNames = 5

    private static func names(_ leaf: OpaquePointer?) -> [String] {
        guard let leaf, X509_up_ref(leaf) == 1 else { return [] }
        do throws(TLSError) {
            let certificate = try Certificate(owning: leaf, source: "")
            var names: [String] = []
            for name in certificate.names where names.count < mostNames { names.append(name.description) }
            return names.isEmpty ? [certificate.commonName] : names
        } catch {
            return []
        }
    }
}
