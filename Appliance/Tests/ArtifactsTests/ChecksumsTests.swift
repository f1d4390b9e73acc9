import Foundation
import Image
import Testing

@testable import Artifacts

@Suite("Checksums and their signature")
struct ChecksumsTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/perennial-sums-\(UUID().uuidString)"
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder + "/apt", withIntermediateDirectories: true)
        defer { try? manager.removeItem(atPath: folder) }
        try Data("one".utf8).write(to: URL(fileURLWithPath: folder + "/one.tar.gz"))
        try Data("two".utf8).write(to: URL(fileURLWithPath: folder + "/apt/two"))
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/three.partial"))
        try body(folder)
    }

    /// docs/install.md, "What was downloaded".
    private func verify(_ folder: String, key: String) throws {
        let command =
            "openssl pkeyutl -verify -rawin -pubin -inkey \(key) -in SHA256SUMS -sigfile SHA256SUMS.sig "
            + "&& sha256sum --check --ignore-missing SHA256SUMS"
        try Tool("sh", "-c", "cd \(folder) && \(command)").run()
    }

    @Test(
        "Each kind of key signs, the documented command verifies, and what was changed is refused",
        arguments: [
            ["ED25519"], ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        ])
    func signed(_ kind: [String]) throws {
        try withFolder { folder in
            let (key, open) = (folder + "/.key", folder + "/.key.pub")
            try Tool(["openssl", "genpkey", "-out", key, "-algorithm"] + kind).run()
            try Tool("openssl", "pkey", "-in", key, "-pubout", "-out", open).run()
            let sums = Checksums(folder: folder)
            #expect(throws: BuildError.self) { try sums.sign(key: key) }
            #expect(try sums.write() == 2)
            #expect(throws: BuildError.self) { try sums.sign(key: folder + "/no-key") }
            try sums.sign(key: key)
            try verify(folder, key: open)
            try Data("2".utf8).write(to: URL(fileURLWithPath: folder + "/apt/two"))
            #expect(throws: BuildError.self) { try verify(folder, key: open) }
            // The checksums that would fit are not the signed ones.
            let signature = try FileContent.file(folder + "/SHA256SUMS.sig").load()
            try sums.write()
            try Data(signature).write(to: URL(fileURLWithPath: folder + "/SHA256SUMS.sig"))
            #expect(throws: BuildError.self) { try verify(folder, key: open) }
        }
    }
}
