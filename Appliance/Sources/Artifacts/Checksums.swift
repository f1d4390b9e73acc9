import Foundation
import Image

/// `SHA256SUMS`: what `sha256sum --check` reads, with every artifact of the build's version in the output folder, and
/// what they were built with.
public struct Checksums {
    public static let fileName = "SHA256SUMS"
    public static let signatureName = fileName + ".sig"

    private let folder: String
    private let version: String

    public init(_ build: Build) { (folder, version) = (build.output, build.version) }

    /// Writes the file; a signature of the one before is removed.
    ///
    /// - Returns: how many files it names.
    /// - Throws: when there is none, or one cannot be read.
    @discardableResult
    public func write() throws -> Int {
        let names = try files()
        guard !names.isEmpty else {
            throw BuildError(
                "\(folder) has no files of version \(version) to make checksums of. Build something first: make images."
            )
        }
        let text = try names.map { "\(try SHA256.hex(file: "\(folder)/\($0)"))  \($0)\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Self.fileName)"), options: .atomic)
        try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.signatureName)")
        return names.count
    }

    private func files() throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        return ReleaseFiles(version: version).among(names)
    }

    /// Signs the checksums with `openssl pkeyutl -rawin` (openssl-pkeyutl(1), OpenSSL 3): an Ed25519, EC or RSA key; the
    /// digest of the latter two is SHA-256.
    ///
    /// - Parameter key: the private key's PEM file. It is read by openssl alone.
    /// - Returns: the signature's name.
    /// - Throws: when there are no checksums, or openssl cannot sign with the key.
    @discardableResult
    public func sign(key: String) throws -> String {
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
        return Self.signatureName
    }
}
