import COpenSSL

/// A private key held by OpenSSL, which erases it when the last reference goes.
public final class PrivateKey {
    /// Longer PEM text is refused: an RSA key of 16,384 bits, OpenSSL's own limit, takes 13 kB.
    public static let largestPEM = 65_536

    /// RSA keys below this are refused (gg-sec.md: "The RSA key must have a minimum length of 2048 bits").
    public static let smallestRSABits: Int32 = 2048

    let pointer: OpaquePointer

    /// How messages name the key, normally the path of its file.
    public let source: String

    init(owning pointer: OpaquePointer, source: String) {
        self.pointer = pointer
        self.source = source
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    /// Reads an unencrypted key in PEM: PKCS#8, or the traditional forms of RSA and EC keys.
    ///
    /// The bytes stay the caller's: `erase()` them afterwards.
    public convenience init(pem: [UInt8], source: String) throws(TLSError) {
        guard pem.count <= Self.largestPEM else {
            throw .unreadableKey(source: source, reason: "it is larger than \(Self.largestPEM) bytes")
        }
        Library.begin()
        var asked: Int32 = 0
        var key: OpaquePointer?
        pem.withUnsafeBytes { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return }
            // Without a callback OpenSSL would ask on the terminal.
            withUnsafeMutablePointer(to: &asked) { asked in
                key = PEM_read_bio_PrivateKey(
                    bio, nil,
                    { _, _, _, asked in
                        asked?.assumingMemoryBound(to: Int32.self).pointee = 1
                        return -1
                    }, asked)
            }
            BIO_free_all(bio)
        }
        guard let key else {
            let reason = ErrorQueue.text()
            throw asked == 1 ? .encryptedKey(source: source) : .unreadableKey(source: source, reason: reason)
        }
        ErrorQueue.clear()
        self.init(owning: key, source: source)
    }

    /// Makes a key from the system's entropy.
    public static func generate(_ type: KeyType, source: String) throws(TLSError) -> PrivateKey {
        Library.begin()
        let name = type == .ecP256 ? "EC" : "RSA"
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else {
            throw .library(step: "making a private key for \(source)", reason: ErrorQueue.text())
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            type == .ecP256
                ? EVP_PKEY_CTX_set_group_name(context, "P-256") == 1
                : EVP_PKEY_CTX_set_rsa_keygen_bits(context, smallestRSABits) == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else {
            throw .library(step: "making a private key for \(source)", reason: ErrorQueue.text())
        }
        return PrivateKey(owning: key, source: source)
    }

    /// The key as unencrypted PKCS#8 in PEM. The caller erases the bytes when they are written.
    public func pem() throws(TLSError) -> [UInt8] {
        Library.begin()
        // Secure memory where there is some: the buffer is erased when it is freed (BIO_s_secmem(3)).
        guard let bio = BIO_new(BIO_s_secmem()) else {
            throw .library(step: "writing the private key for \(source)", reason: ErrorQueue.text())
        }
        defer { BIO_free_all(bio) }
        guard PEM_write_bio_PrivateKey(bio, pointer, nil, nil, 0, nil, nil) == 1 else {
            throw .library(step: "writing the private key for \(source)", reason: ErrorQueue.text())
        }
        return Memory.bytes(of: bio)
    }

    /// Whether this is an RSA key.
    public var isRSA: Bool { EVP_PKEY_is_a(pointer, "RSA") == 1 }

    /// Refuses keys that V1's local server refuses: RSA below 2048 bits, curves other than P-256 and P-384.
    public func checkSuitable() throws(TLSError) {
        if isRSA {
            let bits = EVP_PKEY_get_bits(pointer)
            if bits < Self.smallestRSABits { throw .unsuitableKey(source: source, found: "RSA with \(bits) bits") }
            return
        }
        guard EVP_PKEY_is_a(pointer, "EC") == 1 else {
            throw .unsuitableKey(source: source, found: "of another kind than RSA and EC")
        }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else {
            ErrorQueue.clear()
            throw .unsuitableKey(source: source, found: "EC on a curve without a name")
        }
        let curve = String(decoding: name[0..<length].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard curve == "prime256v1" || curve == "P-256" || curve == "secp384r1" || curve == "P-384" else {
            throw .unsuitableKey(source: source, found: "EC on the curve \(curve)")
        }
    }
}
