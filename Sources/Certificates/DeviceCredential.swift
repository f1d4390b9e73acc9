import Bytes
import Linux
import TLS

/// A device's key and certificate, made for it by the group's authority.
public struct DeviceCredential {
    /// Longest name of a thing (AWS IoT, ThingName).
    static let longestName = 128

    /// The ID by which the group names the device: the last part of its `CertificateArn`.
    public let certificateID: CertificateID
    /// `NAME.cert.pem`
    public let certificatePath: String
    /// `NAME.private.key`, readable by its owner only.
    public let keyPath: String

    /// Makes `NAME.cert.pem` and `NAME.private.key` in a directory, which is created if it is missing.
    ///
    /// - Parameter type: EC P-256 suits every current device SDK and makes handshakes cheap; RSA is for libraries
    ///   that know nothing else.
    public static func create(
        name: String, type: KeyType, authority: GroupAuthority, directory: String
    ) throws(CertificateError) -> DeviceCredential {
        guard isName(name) else { throw .deviceName(name) }
        let certificatePath = Path.join(directory, "\(name).cert.pem")
        let keyPath = Path.join(directory, "\(name).private.key")
        for path in [certificatePath, keyPath] where Files.exists(path) { throw .deviceExists(file: path) }
        try CertificateError.file("making the directory for devices' certificates") { () throws(SystemError) in
            try Files.makeDirectories(directory, mode: 0o700)
        }
        let identity = try CertificateError.content { () throws(TLSError) in
            let key = try PrivateKey.generate(type, source: keyPath)
            let certificate = try CertificateTemplate(
                commonName: name, usage: .client, notBefore: Validity.start, notAfter: Validity.end
            ).signed(for: key, by: authority.certificate, with: authority.key, source: certificatePath)
            return try TLSIdentity(key: key, chain: [certificate])
        }
        try KeyFile.write(key: identity.key, to: keyPath, purpose: "the device's private key")
        do throws(CertificateError) {
            try KeyFile.write(certificate: identity.leaf, to: certificatePath, purpose: "the device's certificate")
        } catch {
            // A key without a certificate would stand in the way of the next attempt.
            try? Files.removeTree(keyPath)
            throw error
        }
        return DeviceCredential(
            certificateID: identity.leaf.id, certificatePath: certificatePath, keyPath: keyPath)
    }

    /// Whether the text is a thing's name (`[a-zA-Z0-9:_-]+`, AWS IoT, ThingName); such a name is also safe in a path.
    static func isName(_ name: String) -> Bool {
        let bytes = name.bytes
        guard !bytes.isEmpty, bytes.count <= longestName else { return false }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default:
                return false
            }
        }
        return true
    }
}
