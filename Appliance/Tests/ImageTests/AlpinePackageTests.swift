import Foundation
import Testing

@testable import Image

@Suite("Packages of apk")
struct AlpinePackageTests {
    private let time = 1_000_000_000

    private func sample() throws -> AlpinePackage {
        var tree = FileTree()
        try tree.addFile("usr/bin/thing", text: "#!/bin/sh\n", mode: 0o755)
        try tree.addFile("usr/empty", text: "")
        // Longer than 64 KiB in a compressible and in an incompressible way; folders that sort differently from paths.
        try tree.addFile("usr-large", .bytes([UInt8](repeating: 7, count: 100_000)))
        try tree.addFile(
            "usr/lib/noise", .bytes((0..<70_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }))
        try tree.addLink("usr/bin/link", to: "thing")
        try tree.addDirectory("var/empty", mode: 0o700)
        return AlpinePackage(
            information: AlpinePackage.Information(
                name: "thing", version: "1.2-r1", architecture: "x86_64", description: "A thing.",
                license: "Apache-2.0", origin: "things", maintainer: "Nobody", url: ""), tree: tree,
            scripts: [
                .postInstall: "#!/bin/sh\n" + String(repeating: "# long\n", count: 50), .preDeinstall: "exit 0\n",
            ])
    }

    @Test("OWRT-02: an apk comes back as it was: fields, scripts, modes, links and contents; the same each time")
    func roundTrip() throws {
        let package = try sample()
        let bytes = try package.file(time: time).bytes()
        #expect(String(decoding: bytes.prefix(4), as: UTF8.self) == "ADBd")
        #expect(try AlpinePackage(reading: bytes, name: "it") == package)
        #expect(try sample().file(time: time).bytes() == bytes)
        #expect(try sample().file(time: time + 1).bytes() != bytes)
        #expect(package.fileName == "thing-1.2-r1.apk")
    }

    @Test("The ADB block is laid out as apk-v3(5) says")
    func layout() throws {
        let block = try ADBWriter.block(
            root: .object([1: .text("ab"), 3: .integer(0x1234_5678), 4: .text("ab"), 6: .array([.integer(5)])]))
        let expected: [UInt8] = [
            0, 0, 0, 0, 0x18, 0, 0, 0xe0,  // versions, root: an object at 24
            2, 0x61, 0x62, 0,  // the blob of eight bits' length at 8, filled up
            0x78, 0x56, 0x34, 0x12,  // the integer of 32 bits at 12
            2, 0, 0, 0, 5, 0, 0, 0x10,  // the array at 16: two slots, a direct integer
            7, 0, 0, 0,  // the object at 24: seven slots
            8, 0, 0, 0x80, 0, 0, 0, 0, 12, 0, 0, 0x20, 8, 0, 0, 0x80, 0, 0, 0, 0, 16, 0, 0, 0xd0,
        ]
        #expect(block == expected)
        #expect(
            try ADBReader(block).root()
                == .object([1: .text("ab"), 3: .integer(0x1234_5678), 4: .text("ab"), 6: .array([.integer(5)])]))
    }

    @Test("Numbers and blobs of every size come back")
    func values() throws {
        for count in [1, 255, 256, 65_535, 65_536] {
            let value = ADBValue.array([
                .blob([UInt8](repeating: 3, count: count)), .integer(UInt64(count) << 28),
                .integer(UInt64(count) << 40),
            ])
            #expect(try ADBReader(ADBWriter.block(root: .object([1: value]))).root()[1] == value)
        }
    }

    @Test("A damaged package is refused, wherever a byte is another one")
    func damaged() throws {
        let file = try sample().file(time: time)
        // Each byte of the description in turn, so that every place and length in it is hit.
        for index in file.block.indices {
            var changed = file
            changed.block[index] ^= 0xff
            #expect(throws: BuildError.self, "byte \(index)") {
                try AlpinePackage(reading: changed.bytes(), name: "it")
            }
        }
        var short = file
        short.contents.removeLast()
        #expect(throws: BuildError.self) { try AlpinePackage(reading: short.bytes(), name: "it") }
        let bytes = try file.bytes()
        #expect(throws: BuildError.self) { try AlpinePackage(reading: Array(bytes.dropLast(9)), name: "it") }
        #expect(throws: BuildError.self) { try AlpinePackage(reading: Array("ADBx".utf8), name: "it") }
    }

    @Test("What is not root's, and devices, cannot be in an apk")
    func refused() throws {
        var package = try sample()
        try package.tree.change("usr/empty") { $0.owner = 7 }
        #expect(throws: BuildError.self) { try package.file(time: time) }
        package = try sample()
        try package.tree.add("dev/null", FileTree.Entry(.characterDevice(major: 1, minor: 3), mode: 0o666))
        #expect(throws: BuildError.self) { try package.file(time: time) }
    }

    @Test("OWRT-02: the index has each package with its size and the hash of its description")
    func index() throws {
        let file = try sample().file(time: time)
        let bytes = try file.bytes()
        let index = try ADBFile(
            reading: AlpineIndex.file(description: "things", of: [bytes]).bytes(), name: "the index")
        let root = try index.root()
        #expect(index.schema == .index && index.contents.isEmpty && root[1].string == "things")
        let packages = root[2].elements
        #expect(packages.count == 1 && packages[0][1].string == "thing" && packages[0][2].string == "1.2-r1")
        #expect(packages[0][3].bytes == SHA256.digest(file.block))
        #expect(packages[0][13].number == UInt64(bytes.count))
    }
}
