import Foundation
import Image

/// `SHA256SUMS`: what `sha256sum --check` reads, with every file of the output folder.
public struct Checksums {
    public static let fileName = "SHA256SUMS"
    public static let signatureName = fileName + ".sig"

    private let folder: String

    /// - Parameter folder: the build's output.
    public init(folder: String) { self.folder = folder }

    /// Writes the file; a signature of the one before is removed.
    ///
    /// - Returns: how many files it names.
    /// - Throws: when there is none, or one cannot be read.
    @discardableResult
    public func write() throws -> Int {
        let names = try files()
        guard !names.isEmpty else {
            throw BuildError("\(folder) has no files to make checksums of. Build something first: make images.")
        }
        let text = try names.map { "\(try SHA256.hex(file: "\(folder)/\($0)"))  \($0)\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Self.fileName)"), options: .atomic)
        try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.signatureName)")
        return names.count
    }

    /// All of them but the checksums themselves, what is signed apart, what is not whole, and hidden ones: in the order
    /// of their bytes.
    private func files() throws -> [String] {
        let unlisted: Set = [Self.fileName, Self.signatureName]
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
            return isThere && !isFolder.boolValue && !unlisted.contains(name) && !name.hasSuffix(".partial")
                && !DebianRepository.signatures.contains(name)
                && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Signs the checksums with `openssl pkeyutl -rawin` (openssl-pkeyutl(1), OpenSSL 3): an Ed25519, EC or RSA key; the
    /// digest of the latter two is SHA-256.
    ///
    /// - Parameter key: the private key's PEM file. It is read by openssl alone.
    /// - Throws: when there are no checksums, or openssl cannot sign with the key.
    public func sign(key: String) throws {
        let file = "\(folder)/\(Self.fileName)"
        guard FileManager.default.fileExists(atPath: file) else {
            throw BuildError("There is no \(file) to sign. Write it first: greengrass-image checksums.")
        }
        do throws(BuildError) { _ = try FileContent.file(key) } catch {
            throw BuildError(
                "\(error) --key names a private key's PEM file (Ed25519, EC or RSA); none is ever made here.")
        }
        try Tool(
            "openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", file, "-out",
            "\(folder)/\(Self.signatureName)"
        ).run()
    }
}
