import CCrypto

/// A SHA-256 in the making.
public final class SHA256 {
    private let context = EVP_MD_CTX_new()

    public init() { EVP_DigestInit_ex(context, EVP_sha256(), nil) }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest as 64 hexadecimal digits; nothing can be added afterwards.
    public func finish() -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &bytes, nil)
        return bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    /// Of some bytes, as 64 hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String {
        let digest = SHA256()
        bytes.withUnsafeBytes(digest.update)
        return digest.finish()
    }

    /// Of a file's content.
    public static func hex(file path: String) throws -> String {
        let digest = SHA256()
        try FileContent.file(path).read(digest.update)
        return digest.finish()
    }
}

/// MD5, which Debian's lists of a package's files are made with; it protects from nothing but accidents.
public enum MD5 {
    /// Of a content, as 32 hexadecimal digits.
    public static func hex(_ content: FileContent) throws -> String {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_md5(), nil)
        try content.read { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        var bytes = [UInt8](repeating: 0, count: 16)
        EVP_DigestFinal_ex(context, &bytes, nil)
        return bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }
}

/// For formats that know nothing newer.
public enum SHA1 {
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 20)
        EVP_Digest(bytes, bytes.count, &result, nil, EVP_sha1(), nil)
        return result
    }
}
