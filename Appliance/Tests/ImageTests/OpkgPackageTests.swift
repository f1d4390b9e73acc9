import Foundation
import Testing

@testable import Image

@Suite("Packages of opkg")
struct OpkgPackageTests {
    private let time = 1_000_000_000

    private func sample() throws -> OpkgPackage {
        var tree = FileTree()
        try tree.addFile("usr/bin/thing", text: "#!/bin/sh\n", mode: 0o755)
        try tree.addFile("etc/config/thing", text: "config thing\n", mode: 0o600)
        try tree.addFile("etc/config/other", text: "config other\n")
        try tree.addLink("usr/bin/link", to: "thing")
        return OpkgPackage(
            fields: [("Package", "thing"), ("Version", "1.2-r1"), ("Architecture", "x86_64")],
            description: "A thing.", tree: tree, configurationFiles: ["/etc/config/thing", "/etc/config/other"],
            scripts: ["postinst": "#!/bin/sh\nexit 0\n"])
    }

    /// What tar(1) lists of an archive, or reads of one file in it.
    private func tar(_ words: String..., from bytes: [UInt8]) throws -> String {
        String(decoding: try Tool(["tar"] + words).run(input: bytes), as: UTF8.self)
    }

    @Test("OWRT-02: an ipk is a gzip tar of debian-binary, data and control, in this order, as tar sees it")
    func outside() throws {
        let bytes = try sample().bytes(time: time)
        #expect(Array(bytes.prefix(8)) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], "gzip without name and time")
        #expect(try tar("-tz", from: bytes) == "./debian-binary\n./data.tar.gz\n./control.tar.gz\n")
        #expect(try tar("-xzO", "./debian-binary", from: bytes) == "2.0\n")
        #expect(try sample().fileName == "thing_1.2-r1_x86_64.ipk")
    }

    @Test("OWRT-02: control fields, sorted conffiles and scripts come back out of an ipk")
    func control() throws {
        let archive = try Tool("tar", "-xzO", "./control.tar.gz").run(input: sample().bytes(time: time))
        let control = try tar("-xzO", "./control", from: archive)
        #expect(
            control == """
                Package: thing
                Version: 1.2-r1
                Architecture: x86_64
                Installed-Size: 36
                Description: A thing.

                """)
        #expect(try tar("-xzO", "./conffiles", from: archive) == "/etc/config/other\n/etc/config/thing\n")
        #expect(try tar("-tvz", "--numeric-owner", from: archive).contains("-rwxr-xr-x 0/0"))
        #expect(try tar("-xzO", "./postinst", from: archive) == "#!/bin/sh\nexit 0\n")
    }

    @Test("The data of an ipk is its tree, and the same each time")
    func data() throws {
        let package = try sample()
        let bytes = try package.bytes(time: time)
        let archive = try Tool("tar", "-xzO", "./data.tar.gz").run(input: bytes)
        var tree = try ArchiveReader.tree(archive, name: "data")
        tree.remove { $0.isEmpty }
        #expect(tree == package.tree)
        #expect(try tar("-tz", from: archive).hasPrefix("./\n./etc/\n"))
        #expect(try package.bytes(time: time) == bytes)
        #expect(try package.bytes(time: time + 1) != bytes)
    }

    @Test("What would make a bad ipk is refused")
    func refused() throws {
        var package = try sample()
        package.configurationFiles.append("/etc/config/missing")
        #expect(throws: BuildError.self) { try package.bytes(time: time) }
        package = try sample()
        package.fields.append(("Maintainer", "A\nB"))
        #expect(throws: BuildError.self) { try package.bytes(time: time) }
    }

    @Test("OWRT-02: the index of a feed has each package's control with the name, size and hash of its file")
    func index() throws {
        let package = try sample()
        let bytes = try package.bytes(time: time)
        let text = OpkgIndex.text(of: [(package, bytes)])
        #expect(
            text == """
                Package: thing
                Version: 1.2-r1
                Architecture: x86_64
                Installed-Size: 36
                Filename: thing_1.2-r1_x86_64.ipk
                Size: \(bytes.count)
                SHA256sum: \(SHA256.hex(bytes))
                Description: A thing.


                """)
        let compressed = try Gzip.compress(Array(text.utf8))
        #expect(try Tool("gzip", "-dc").run(input: compressed) == Array(text.utf8))
    }
}
