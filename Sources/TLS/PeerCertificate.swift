import COpenSSL

/// What is known of the certificate at the other end.
public struct PeerCertificate: Equatable, Sendable {
    /// The SHA-256 of its DER.
    public let id: CertificateID
    /// The subject's common name, cleaned for logs; it proves nothing.
    public let commonName: String
    /// Seconds since 1970 until which it is valid. Not enforced: see `TLSContext`.
    public let notAfter: Int64

    init(id: CertificateID, x509: OpaquePointer) {
        self.id = id
        commonName = X509Text.commonName(x509)
        notAfter = X509Text.seconds(X509_get0_notAfter(x509))
    }
}
