import Bytes
import Linux
import TLS

/// Reading and writing keys and certificates as files.
enum KeyFile {
    /// Who may read a private key: its owner.
    static let keyMode: UInt32 = 0o600
    /// Certificates are public.
    static let certificateMode: UInt32 = 0o644

    static func readKey(_ path: String, purpose: String) throws(CertificateError) -> PrivateKey {
        var pem = try CertificateError.file("reading \(purpose)") { () throws(SystemError) in
            try Files.read(path, limit: PrivateKey.largestPEM)
        }
        defer { pem.erase() }
        do throws(TLSError) {
            return try PrivateKey(pem: pem, source: path)
        } catch {
            throw .content(error)
        }
    }

    static func readChain(_ path: String, purpose: String) throws(CertificateError) -> [Certificate] {
        let bytes = try CertificateError.file("reading \(purpose)") { () throws(SystemError) in
            try Files.read(path, limit: Certificate.largestPEM)
        }
        return try CertificateError.content { () throws(TLSError) in try Certificate.readChain(bytes, source: path) }
    }

    static func write(key: PrivateKey, to path: String, purpose: String) throws(CertificateError) {
        var pem = try CertificateError.content { () throws(TLSError) in try key.pem() }
        defer { pem.erase() }
        do throws(SystemError) {
            try Files.writeAtomically(path, pem, mode: keyMode)
        } catch {
            throw .file(purpose: "writing \(purpose)", error)
        }
    }

    static func write(certificate: Certificate, to path: String, purpose: String) throws(CertificateError) {
        let pem = try CertificateError.content { () throws(TLSError) in try certificate.pem() }
        try CertificateError.file("writing \(purpose)") { () throws(SystemError) in
            try Files.writeAtomically(path, pem, mode: certificateMode)
        }
    }
}

extension TLSIdentity {
    /// Reads a key and its certificates from two files.
    ///
    /// - Parameter purpose: whose they are, for messages: `the core's`.
    /// - Throws: an error that names the file; both where they do not belong together.
    public static func read(
        key keyPath: String, certificate certificatePath: String, purpose: String
    ) throws(CertificateError) -> TLSIdentity {
        let key = try KeyFile.readKey(keyPath, purpose: "\(purpose) private key")
        let chain = try KeyFile.readChain(certificatePath, purpose: "\(purpose) certificate")
        return try CertificateError.content { () throws(TLSError) in try TLSIdentity(key: key, chain: chain) }
    }
}
