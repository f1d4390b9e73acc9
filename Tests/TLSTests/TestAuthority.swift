import Bytes
import TLS

/// An authority with a server and devices, made once for a test.
struct TestAuthority {
    static let start: Int64 = 1_546_300_800  // 2019-01-01
    static let end: Int64 = 4_102_444_800  // 2100-01-01

    /// RSA keys take long to make: one for all.
    private static let rsaKey = Result { try PrivateKey.generate(.rsa2048, source: "").pem() }

    let key: PrivateKey
    let certificate: Certificate

    init(_ type: KeyType = .ecP256) throws {
        key = try PrivateKey.generate(type, source: "ca.key")
        certificate = try CertificateTemplate(
            commonName: "Test CA", usage: .authority, notBefore: Self.start, notAfter: Self.end
        ).selfSigned(with: key, source: "ca.crt")
    }

    func server(_ type: KeyType = .ecP256) throws -> TLSIdentity {
        try issue(
            CertificateTemplate(
                commonName: "core", usage: .server, names: [.host("localhost"), .address([127, 0, 0, 1])],
                notBefore: Self.start, notAfter: Self.end), type, "server")
    }

    func device(_ name: String, _ type: KeyType = .ecP256, notAfter: Int64 = end) throws -> TLSIdentity {
        try issue(
            CertificateTemplate(commonName: name, usage: .client, notBefore: Self.start, notAfter: notAfter), type, name
        )
    }

    private func issue(_ template: CertificateTemplate, _ type: KeyType, _ file: String) throws -> TLSIdentity {
        let subject =
            switch type {
            case .ecP256: try PrivateKey.generate(type, source: "\(file).key")
            case .rsa2048: try PrivateKey(pem: Self.rsaKey.get(), source: "\(file).key")
            }
        let made = try template.signed(for: subject, by: certificate, with: key, source: "\(file).crt")
        return try TLSIdentity(key: subject, chain: [made])
    }
}
