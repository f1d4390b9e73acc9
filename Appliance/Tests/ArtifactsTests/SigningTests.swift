import Foundation
import Image
import Testing

@testable import Artifacts

@Suite("What is signed by which key")
struct SigningTests {
    private func keys(in folder: String) throws -> (pem: String, openPGP: String) {
        let (pem, openPGP, home) = (folder + "/pem", folder + "/openpgp", folder + "/ring")
        try Tool("openssl", "genpkey", "-out", pem, "-algorithm", "ED25519").run()
        try Tool("mkdir", "-m", "700", home).run()
        defer { _ = try? Tool("gpgconf", "--homedir", home, "--kill", "all").run() }
        // The commands of docs/install.md, "A signed repository".
        let gpg = ["gpg", "--homedir", home, "--batch", "--quiet"]
        try Tool(gpg + ["--passphrase", "", "--quick-generate-key", "packages@example.invalid", "ed25519", "sign"])
            .run()
        try Tool(gpg + ["--output", openPGP, "--export-secret-keys", "packages@example.invalid"]).run()
        return (pem, openPGP)
    }

    @Test("Either key is enough, both sign both, and without one it is said what is missing")
    func either() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        try tree.write("dist/SHA256SUMS", "sums")
        try tree.write("dist/apt/dists/stable/Release", "Suite: stable\n")
        let (build, keys) = (try tree.build, try keys(in: tree.folder))
        let repository = DebianRepository.signatures
        for (pem, openPGP, wanted) in [
            (keys.pem, nil, [Checksums.signatureName]), (nil, keys.openPGP, repository),
            (keys.pem, keys.openPGP, repository + [Checksums.signatureName]),
        ] {
            for name in repository + [Checksums.signatureName] {
                try? FileManager.default.removeItem(atPath: "\(build.output)/\(name)")
            }
            #expect(try Signing(key: pem, gpgKey: openPGP).run(in: build) == wanted)
            for name in repository + [Checksums.signatureName] {
                #expect(FileManager.default.fileExists(atPath: "\(build.output)/\(name)") == wanted.contains(name))
            }
        }
        let error = #expect(throws: BuildError.self) { try Signing(key: nil, gpgKey: nil) }
        #expect(error?.description.contains("--key") == true && error?.description.contains("--gpg-key") == true)
    }
}
