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
        try Data("one".utf8).write(to: URL(fileURLWithPath: folder + "/greengrass-one.tar.gz"))
        try Data("two".utf8).write(to: URL(fileURLWithPath: folder + "/apt/two"))
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder + "/greengrass-three.partial"))
        // Nor is this of the artifacts.
        try manager.createDirectory(atPath: folder + "/x86_64", withIntermediateDirectories: true)
        try manager.createDirectory(atPath: folder + "/matrix", withIntermediateDirectories: true)
        for name in ["x86_64/greengrassd", "matrix/core-x86_64", "notes.txt"] {
            try Data("no artifact".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
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
            let names = try Build.text(folder + "/SHA256SUMS").split(separator: "\n").map { $0.dropFirst(66) }
            #expect(names == ["apt/two", "greengrass-one.tar.gz"])
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
