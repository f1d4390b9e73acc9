import COpenSSL

/// An X.509 certificate.
public final class Certificate {
    /// Longer text is refused: certificates are 1 to 4 kB, a chain has a few.
    public static let largestPEM = 262_144
    /// Chains longer than this are refused.
    public static let longestChain = 10

    let pointer: OpaquePointer

    /// How messages name the certificate, normally the path of its file.
    public let source: String

    /// The SHA-256 of the DER.
    public let id: CertificateID

    init(owning pointer: OpaquePointer, source: String) throws(TLSError) {
        guard let id = CertificateID(x509: pointer) else {
            X509_free(pointer)
            throw .library(step: "hashing the certificate \(source)", reason: "no memory")
        }
        self.pointer = pointer
        self.source = source
        self.id = id
    }

    deinit {
        X509_free(pointer)
    }

    /// The first certificate of a PEM text, or the certificate in DER.
    public static func read(_ bytes: [UInt8], source: String) throws(TLSError) -> Certificate {
        try readChain(bytes, source: source)[0]
    }

    /// All certificates of a PEM text in their order (the leaf first), or the one in DER; never empty.
    public static func readChain(_ bytes: [UInt8], source: String) throws(TLSError) -> [Certificate] {
        guard bytes.count <= largestPEM else {
            throw .unreadableCertificate(source: source, reason: "it is larger than \(largestPEM) bytes")
        }
        Library.begin()
        if isDER(bytes) {
            return [try Certificate(owning: try decode(der: bytes, source: source), source: source)]
        }
        let (pointers, entries) = readPointers(bytes, most: longestChain + 1)
        var certificates: [Certificate] = []
        for pointer in pointers {
            certificates.append(try Certificate(owning: pointer, source: source))
        }
        let damage = damage(entries)
        guard damage.isEmpty, !certificates.isEmpty else {
            throw .unreadableCertificate(source: source, reason: ErrorQueue.text(of: damage.isEmpty ? entries : damage))
        }
        guard certificates.count <= longestChain else {
            throw .unreadableCertificate(source: source, reason: "it holds more than \(longestChain) certificates")
        }
        return certificates
    }

    private static func decode(der bytes: [UInt8], source: String) throws(TLSError) -> OpaquePointer {
        let pointer: OpaquePointer? = bytes.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            return d2i_X509(nil, &cursor, bytes.count)
        }
        guard let pointer else { throw .unreadableCertificate(source: source, reason: ErrorQueue.text()) }
        return pointer
    }

    /// The certificates of a PEM text or the one in DER, which the caller frees, and what was wrong with the text.
    static func pointers(_ bytes: [UInt8], most: Int) -> ([OpaquePointer], [ErrorQueue.Entry]) {
        if isDER(bytes) {
            var pointers: [OpaquePointer] = []
            bytes.withUnsafeBufferPointer { bytes in
                var cursor = bytes.baseAddress
                if let pointer = d2i_X509(nil, &cursor, bytes.count) { pointers.append(pointer) }
            }
            return (pointers, ErrorQueue.drain())
        }
        let (pointers, entries) = readPointers(bytes, most: most)
        return (pointers, damage(entries))
    }

    /// A DER certificate is a SEQUENCE with a length of two bytes; no PEM text begins with a '0' and that byte.
    private static func isDER(_ bytes: [UInt8]) -> Bool {
        bytes.count > 2 && bytes[0] == 0x30 && bytes[1] & 0x80 != 0
    }

    /// The end of the text leaves "no start line"; anything else is damage, and half a chain is worse than none.
    private static func damage(_ entries: [ErrorQueue.Entry]) -> [ErrorQueue.Entry] {
        var damage: [ErrorQueue.Entry] = []
        for entry in entries where entry.reason != PEM_R_NO_START_LINE { damage.append(entry) }
        return damage
    }

    private static func readPointers(_ bytes: [UInt8], most: Int) -> ([OpaquePointer], [ErrorQueue.Entry]) {
        var pointers: [OpaquePointer] = []
        bytes.withUnsafeBytes { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return }
            while pointers.count < most, let pointer = PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) {
                pointers.append(pointer)
            }
            BIO_free_all(bio)
        }
        return (pointers, ErrorQueue.drain())
    }

    /// Whether the certificate is for this key's public half.
    public func matches(_ key: PrivateKey) -> Bool {
        let same = X509_check_private_key(pointer, key.pointer) == 1
        ErrorQueue.clear()
        return same
    }

    /// Whether the certificate was signed by the issuer's key; says nothing about dates.
    public func isSigned(by issuer: Certificate) -> Bool {
        issuer.hasSigned(pointer)
    }

    /// Whether another certificate was signed by this one's key.
    func hasSigned(_ other: OpaquePointer) -> Bool {
        guard let key = X509_get0_pubkey(pointer) else {
            ErrorQueue.clear()
            return false
        }
        let signed = X509_verify(other, key) == 1
        ErrorQueue.clear()
        return signed
    }

    /// The certificate in PEM.
    public func pem() throws(TLSError) -> [UInt8] {
        Library.begin()
        guard let bio = BIO_new(BIO_s_mem()) else {
            throw .library(step: "writing the certificate \(source)", reason: ErrorQueue.text())
        }
        defer { BIO_free_all(bio) }
        guard PEM_write_bio_X509(bio, pointer) == 1 else {
            throw .library(step: "writing the certificate \(source)", reason: ErrorQueue.text())
        }
        return Memory.bytes(of: bio)
    }
}
