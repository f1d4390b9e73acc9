import Foundation
import Image
import Testing

@testable import Artifacts

@Suite("Checksums and their signature")
struct ChecksumsTests {
    private static let artifacts = [
        "BUILD-TOOLS", "apt/dists/stable/Release", "apt/dists/stable/main/binary-amd64/Packages",
        "apt/pool/main/g/greengrassd/greengrassd_1.2.3-1_amd64.deb", "greengrass-1.2.3-src.tar.gz",
        "greengrass-boot-x86_64-1.2.3.img", "greengrass-image-python-1.2.3.oci.tar",
        "greengrass-image-python-x86_64-1.2.3.tar", "greengrass-linux-x86-64-1.2.3.tar.gz",
        "greengrass-rootfs-x86_64-1.2.3.ext4", "greengrass-rootfs-x86_64-1.2.3.squashfs",
        "greengrass-sources-1.2.3-absent.txt", "greengrass-sources-1.2.3.tar.xz", "openwrt/x86_64/Packages.gz",
        "openwrt/x86_64/greengrass-1.2.3-r1.apk", "openwrt/x86_64/greengrass_1.2.3-r1_x86_64.ipk",
        "openwrt/x86_64/packages.adb",
    ]
    /// Of other versions, of nobody, signed apart, or not whole.
    private static let others = [
        ".greengrass-1.2.3", "apt/dists/stable/InRelease", "apt/dists/stable/main/binary-armhf/Packages",
        "apt/notes.txt", "apt/pool/main/g/greengrassd/greengrassd_1.2.2-1_armhf.deb",
        "greengrass-linux-armv6l-1.2.2.tar.gz", "greengrass-linux-armv6l-1.2.3.1.tar.gz",
        "greengrass-linux-armv6l-1.2.30.tar.gz", "greengrass-linux-armv6l-1.2.3.tar.gz.partial",
        "greengrass-linux-armv6l-11.2.3.tar.gz", "greengrass-boot-armv6l-1.2.3.img.bak",
        "greengrass-linux-armv6l-1.2.3-mine.tar", "greengrass-linux-armv6l-1.2.3.tar.gz.old",
        "greengrass-of-mine.tar.gz", "matrix/core-x86_64", "notes.txt",
        "openwrt/aarch64_generic/Packages", "openwrt/aarch64_generic/greengrass_1.2.2-r1_aarch64_generic.ipk",
        "openwrt/aarch64_generic/packages.adb", "openwrt/x86_64/Packages.sig",
        "openwrt/x86_64/greengrass-1.2.2-r1.apk", "x86_64/greengrassd",
    ]

    /// With an output folder in which a build, an earlier one and people have left something.
    private func withBuild(_ body: (Build) throws -> Void) throws {
        let tree = try TestTree()
        defer { tree.remove() }
        for name in Self.artifacts + Self.others { try tree.write("dist/" + name, name) }
        try body(tree.build)
    }

    /// docs/install.md, "What was downloaded".
    private func verify(_ folder: String, key: String) throws {
        let command =
            "openssl pkeyutl -verify -rawin -pubin -inkey \(key) -in SHA256SUMS -sigfile SHA256SUMS.sig "
            + "&& sha256sum --check --ignore-missing SHA256SUMS"
        try Tool("sh", "-c", "cd \(folder) && \(command)").run()
    }

    @Test("They name the files of the build's version and nothing else that lies in the output folder")
    func names() throws {
        try withBuild { build in
            #expect(try Checksums(build).write() == Self.artifacts.count)
            let lines = try Build.text(build.output + "/SHA256SUMS").split(separator: "\n")
            #expect(lines.map { String($0.dropFirst(66)) } == Self.artifacts)
        }
        let tree = try TestTree()
        defer { tree.remove() }
        for name in Self.others { try tree.write("dist/" + name, name) }
        #expect(throws: BuildError.self) { try Checksums(tree.build).write() }
    }

    @Test(
        "Each kind of key signs, the documented command verifies, and what was changed is refused",
        arguments: [
            ["ED25519"], ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        ])
    func signed(_ kind: [String]) throws {
        try withBuild { build in
            let folder = build.output
            let (key, open) = (folder + "/.key", folder + "/.key.pub")
            try Tool(["openssl", "genpkey", "-out", key, "-algorithm"] + kind).run()
            try Tool("openssl", "pkey", "-in", key, "-pubout", "-out", open).run()
            let sums = Checksums(build)
            #expect(throws: BuildError.self) { try sums.sign(key: key) }
            try sums.write()
            #expect(throws: BuildError.self) { try sums.sign(key: folder + "/no-key") }
            try sums.sign(key: key)
            try verify(folder, key: open)
            try Data("2".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(Self.artifacts[4])"))
            #expect(throws: BuildError.self) { try verify(folder, key: open) }
            // The checksums that would fit are not the signed ones.
            let signature = try FileContent.file(folder + "/SHA256SUMS.sig").load()
            try sums.write()
            try Data(signature).write(to: URL(fileURLWithPath: folder + "/SHA256SUMS.sig"))
            #expect(throws: BuildError.self) { try verify(folder, key: open) }
        }
    }
}
