import Bytes
import Linux
import TLS

/// The group's certificate authority: devices trust it, and it signs the local server's certificate (row TLS-02).
///
/// A core with a cloud gets its server certificate signed there. A core without one has the authority itself, in
/// `certs/group-ca`, and signs devices' certificates with it as well, though devices of any other issuer are as welcome.
///
/// The key is RSA, as V1's is: every device SDK that met a V1 core verifies SHA-256 RSA signatures (gg-sec.md, "SHA-256
/// RSA signature, regardless of the key type"), and some only those. A demonstration's is EC P-256, made in an instant.
public final class GroupAuthority {
    public static let certificateName = "ca.crt"
    public static let keyName = "ca.key"

    /// What devices trust.
    public let certificate: Certificate
    let key: PrivateKey

    private init(identity: TLSIdentity) {
        certificate = identity.leaf
        key = identity.key
    }

    /// Makes a new authority in a directory, which is created if it is missing.
    ///
    /// - Parameter type: V1's kind, or EC P-256 where all devices verify ECDSA. Making the RSA key takes about a tenth of a
    ///   second on a PC and several seconds on ARMv6.
    public static func create(
        in directory: String, type: KeyType = .rsa2048
    ) throws(CertificateError) -> GroupAuthority {
        let keyPath = Path.join(directory, keyName)
        let certificatePath = Path.join(directory, certificateName)
        for path in [keyPath, certificatePath] where Files.exists(path) { throw .authorityExists(file: path) }
        try CertificateError.file("making the directory of the group CA") { () throws(SystemError) in
            try Files.makeDirectories(directory)
        }
        let identity = try CertificateError.content { () throws(TLSError) in
            let key = try PrivateKey.generate(type, source: keyPath)
            // Several groups' authorities may stand in one device's trust store: their names differ.
            let number = Hexadecimal.encode(try SecureRandom.bytes(8))
            let made = try CertificateTemplate(
                commonName: "Greengrass group CA \(number)", organisationalUnit: "Perennial", usage: .authority,
                notBefore: Validity.start, notAfter: Validity.end
            ).selfSigned(with: key, source: certificatePath)
            return try TLSIdentity(key: key, chain: [made])
        }
        // The certificate last: it says that all is there.
        try KeyFile.write(key: identity.key, to: keyPath, purpose: "the group CA's private key")
        try KeyFile.write(certificate: identity.leaf, to: certificatePath, purpose: "the group CA's certificate")
        return GroupAuthority(identity: identity)
    }

    /// Reads the authority of a directory.
    public static func load(from directory: String) throws(CertificateError) -> GroupAuthority {
        let keyPath = Path.join(directory, keyName)
        let certificatePath = Path.join(directory, certificateName)
        guard Files.exists(keyPath) || Files.exists(certificatePath) else { throw .noAuthority(directory: directory) }
        return GroupAuthority(
            identity: try TLSIdentity.read(key: keyPath, certificate: certificatePath, purpose: "the group CA's"))
    }

    /// An authority from what was read elsewhere: a process without the right to open the key gets its content through
    /// a descriptor. The caller erases `keyPEM`.
    public static func load(
        certificatePEM: [UInt8], keyPEM: [UInt8], directory: String
    ) throws(CertificateError) -> GroupAuthority {
        let identity = try CertificateError.content { () throws(TLSError) in
            try TLSIdentity(
                key: PrivateKey(pem: keyPEM, source: Path.join(directory, keyName)),
                chain: Certificate.readChain(certificatePEM, source: Path.join(directory, certificateName)))
        }
        return GroupAuthority(identity: identity)
    }
}
