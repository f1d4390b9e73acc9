import Bytes
import COpenSSL

/// The ID of a certificate: the SHA-256 of its DER encoding, as it ends a V1 `CertificateArn` in hexadecimal.
///
/// A device is recognised by this ID, whoever signed its certificate. The value is 32 bytes in four words, so that it
/// can key a dictionary without an allocation.
public struct CertificateID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of a SHA-256.
    public static let byteCount = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The ID of 32 bytes, or nil where their number differs.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        words = (Self.word(bytes, 0), Self.word(bytes, 8), Self.word(bytes, 16), Self.word(bytes, 24))
    }

    /// The ID written as 64 hexadecimal digits of either case, or nil.
    public init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.decode(text.bytes) else { return nil }
        self.init(bytes)
    }

    /// The ID of an OpenSSL certificate; nil only when memory is short.
    init?(x509: OpaquePointer) {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        var length: UInt32 = 0
        guard X509_digest(x509, EVP_sha256(), &digest, &length) == 1, length == UInt32(Self.byteCount) else {
            ErrorQueue.clear()
            return nil
        }
        self.init(digest)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        Self.append(words.0, to: &bytes)
        Self.append(words.1, to: &bytes)
        Self.append(words.2, to: &bytes)
        Self.append(words.3, to: &bytes)
        return bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }

    public static func == (first: Self, second: Self) -> Bool {
        first.words.0 == second.words.0 && first.words.1 == second.words.1 && first.words.2 == second.words.2
            && first.words.3 == second.words.3
    }

    public func hash(into hasher: inout Hasher) {
        // The ID is itself a hash, but whoever connects chooses it: all of it goes through the seeded hasher.
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 { word = word << 8 | UInt64(bytes[index]) }
        return word
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        var shift: UInt64 = 64
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }
}
