import Foundation
import Image

/// A trust store that every Java reads (JKS), with the customary password, `changeit`. `ca-certificates-java` makes one at its
/// installation; here nothing is installed.
enum JavaKeyStore {
    private static let password = "changeit"
    /// What Java mixes into the digest of a JKS (sun.security.provider.JavaKeyStore).
    private static let salt = "Mighty Aphrodite"

    /// - Parameters:
    ///   - certificates: PEM, one each.
    ///   - time: of every entry, in seconds since 1970.
    static func bytes(_ certificates: [[UInt8]], time: Int) throws -> [UInt8] {
        var store: [UInt8] = []
        store += big(UInt32(0xFEED_FEED)) + big(UInt32(2)) + big(UInt32(certificates.count))
        for (index, pem) in certificates.enumerated() {
            let der = try decode(pem)
            store += big(UInt32(2)) + text("debian-\(index)") + big(UInt64(time) * 1000) + text("X.509")
            store += big(UInt32(der.count)) + der
        }
        let secret = password.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } + Array(salt.utf8)
        return store + SHA1.digest(secret + store)
    }

    private static func decode(_ pem: [UInt8]) throws -> [UInt8] {
        let lines = String(decoding: pem, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("-----") }
        guard let data = Data(base64Encoded: lines.joined()) else {
            throw BuildError("A certificate of the package ca-certificates is not PEM.")
        }
        return Array(data)
    }

    private static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func text(_ text: String) -> [UInt8] { big(UInt16(text.utf8.count)) + Array(text.utf8) }
}
