import Foundation
import Testing

@testable import Image

@Suite("Trees and archives")
struct FileTreeTests {
    private func sample() throws -> FileTree {
        var tree = FileTree()
        try tree.addFile("/b/c", text: "content", mode: 0o755)
        try tree.addFile("b-d", text: "")
        try tree.addLink("./b/a", to: "../b-d")
        try tree.addDirectory("tmp", mode: 0o1777, owner: 990, group: 991)
        try tree.add("dev/null", FileTree.Entry(.characterDevice(major: 1, minor: 3), mode: 0o666))
        return tree
    }

    @Test("Folders come before what is in them, in the order of bytes")
    func order() throws {
        #expect(try sample().sorted.map(\.path) == ["b", "b-d", "b/a", "b/c", "dev", "dev/null", "tmp"])
    }

    @Test("What cannot be in a tree is refused")
    func refused() throws {
        var tree = try sample()
        #expect(throws: BuildError.self) { try tree.addFile("../etc/passwd", text: "") }
        #expect(throws: BuildError.self) { try tree.addFile("b/c/d", text: "") }
        #expect(throws: BuildError.self) { try tree.addFile("b/c", text: "again") }
        #expect(throws: BuildError.self) { try tree.addDirectory("b/c") }
        #expect(try tree == sample())
    }

    @Test("A tree can be read back from each format", arguments: [ArchiveWriter.Compression.none, .gzip, .xz])
    func roundTrip(_ compression: ArchiveWriter.Compression) throws {
        let tree = try sample()
        for format in [ArchiveWriter.Format.tar, .cpio] {
            let bytes = try ArchiveWriter(format, compression, time: 1_000_000_000).bytes(tree)
            #expect(try ArchiveReader.tree(bytes, name: "it") == tree)
            #expect(try ArchiveWriter(format, compression, time: 1_000_000_000).bytes(tree) == bytes)
        }
    }

    @Test("A merge replaces files only when it is told to")
    func merge() throws {
        var tree = try sample()
        var other = FileTree()
        try other.addFile("c", text: "new")
        #expect(throws: BuildError.self) { try tree.add(other, at: "b") }
        try tree.add(other, at: "b", replacing: true)
        #expect(tree["b/c"]?.kind == .file(.bytes(Array("new".utf8))))
        tree.remove { $0 == "b" }
        #expect(tree["b/c"] == nil && tree["b-d"] != nil)
    }

    @Test("SHA-256 of nothing and of text (FIPS 180-4's examples)")
    func digests() {
        #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
