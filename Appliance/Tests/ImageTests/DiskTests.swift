import Foundation
import Testing

@testable import Image

/// What our writers write is looked at by the programs that others wrote for it.
@Suite("Disks and file systems")
struct DiskTests {
    private func withScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = NSTemporaryDirectory() + "/perennial-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    private func said(_ words: String...) throws -> String { String(decoding: try Tool(words).run(), as: UTF8.self) }

    private func sample() throws -> FileTree {
        var tree = FileTree()
        try tree.addFile("bin/tool", .bytes([UInt8](repeating: 0x41, count: 300_000)), mode: 0o4755)
        try tree.addFile("etc/empty", text: "", mode: 0o600)
        try tree.addLink("bin/other", to: "tool")
        try tree.addDirectory("tmp", mode: 0o1777, owner: 990, group: 991)
        try tree.add("dev/null", FileTree.Entry(.characterDevice(major: 1, minor: 3), mode: 0o666))
        return tree
    }

    @Test(
        "ext4: fsck finds nothing, every entry is as it was told, and it comes out the same under another umask and time"
    )
    func ext4() throws {
        try withScratch { folder in
            let format = Ext4(
                size: 4 << 20, label: "TEST", identifier: "5cd9a2a4-1f6e-4f0b-9d2c-6a7e5b3c00ff", time: 1_000_000_000,
                files: 64, journal: 1)
            try format.write(sample(), to: folder + "/first")
            let former = umask(0o077)
            defer { umask(former) }
            sleep(1)
            try format.write(sample(), to: folder + "/second")
            #expect(try SHA256.hex(file: folder + "/first") == SHA256.hex(file: folder + "/second"))
            _ = try said("fsck.ext4", "-fn", folder + "/first")
            func about(_ path: String) throws -> String { try said("debugfs", "-R", "stat " + path, folder + "/first") }
            let tool = try about("/bin/tool")
            #expect(tool.contains("Mode:  04755") && tool.contains("Size: 300000") && tool.contains("Type: regular"))
            #expect(tool.contains("mtime: 0x3b9aca00") && tool.contains("crtime: 0x3b9aca00"))
            let tmp = try about("/tmp")
            #expect(tmp.contains("Mode:  01777") && tmp.contains("User:   990   Group:   991"))
            #expect(try about("/bin/other").contains("Fast link dest: \"tool\""))
            #expect(try about("/dev/null").contains("Type: character special"))
            #expect(
                try said("debugfs", "-R", "cat /bin/tool", folder + "/first") == String(repeating: "A", count: 300_000))
        }
    }

    @Test("ext4: a packed one has all that is not zero, and its journal, at the beginning")
    func packed() throws {
        try withScratch { folder in
            let path = folder + "/data"
            try Ext4(
                size: 64 << 20, label: "TEST", identifier: "5cd9a2a4-1f6e-4f0b-9d2c-6a7e5b3c00ff", time: 1_000_000_000,
                files: 512, journal: 1, isPacked: true
            ).write(FileTree(), to: path)
            let bytes = try FileContent.file(path).load()
            #expect(bytes.count == 64 << 20)
            #expect((bytes.lastIndex { $0 != 0 } ?? .max) < 2 << 20)
            _ = try said("fsck.ext4", "-fn", path)
        }
    }

    @Test("ext4: a tree that does not fit is an error and leaves nothing")
    func tooLarge() throws {
        try withScratch { folder in
            var tree = FileTree()
            try tree.addFile("large", .bytes([UInt8](repeating: 1, count: 5 << 20)))
            let format = Ext4(
                size: 4 << 20, label: "TEST", identifier: "5cd9a2a4-1f6e-4f0b-9d2c-6a7e5b3c00ff", time: 1, files: 64)
            #expect(throws: BuildError.self) { try format.write(tree, to: folder + "/small") }
            #expect(!FileManager.default.fileExists(atPath: folder + "/small"))
        }
    }

    @Test("FAT: fsck finds nothing, and mtools read back what was written")
    func fat() throws {
        try withScratch { folder in
            var tree = FileTree()
            try tree.addFile("kernel", .bytes([UInt8](repeating: 0x42, count: 1_234_567)))
            try tree.addFile("boot.txt", text: "hello\n")
            try tree.addFile("EFI/BOOT/BOOTX64.EFI", text: "program")
            let path = folder + "/fat"
            let format = Fat(label: "GGBOOT", serial: 0x1234_5678, size: 10 << 20, time: 1_000_000_000)
            let bytes = try format.bytes(tree)
            #expect(try format.bytes(tree) == bytes)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            _ = try said("fsck.fat", "-n", path)
            #expect(try said("mtype", "-i", path, "::/boot.txt") == "hello\n")
            #expect(try said("mtype", "-i", path, "::/EFI/BOOT/BOOTX64.EFI") == "program")
            #expect(try said("mtype", "-i", path, "::/kernel").utf8.count == 1_234_567)
            let listed = try said("mdir", "-i", path, "::/")
            #expect(listed.contains("boot     txt") && listed.contains("2001-09-09") && listed.contains("GGBOOT"))
        }
    }

    @Test("FAT: what it cannot hold is refused")
    func fatRefuses() throws {
        let format = Fat(label: "GGBOOT", serial: 1, size: 10 << 20, time: 0)
        for name in ["much-too-long.txt", "Mixed.txt", "a.text", "two.dots.c", "spa ce"] {
            var tree = FileTree()
            try tree.addFile(name, text: "x")
            #expect(throws: BuildError.self, "\(name)") { try format.bytes(tree) }
        }
        var links = FileTree()
        try links.addLink("link", to: "x")
        #expect(throws: BuildError.self) { try format.bytes(links) }
        var large = FileTree()
        try large.addFile("large", .bytes([UInt8](repeating: 0, count: 11 << 20)))
        #expect(throws: BuildError.self) { try format.bytes(large) }
    }

    @Test("Partitions: sfdisk reads what was written; overlapping ones are refused")
    func partitions() throws {
        let table = PartitionTable(
            [
                .init(type: 0x0c, start: 2048, count: 20480, isActive: true),
                .init(type: 0x83, start: 22528, count: 1000),
            ], signature: 0x1234_abcd)
        try withScratch { folder in
            let disk = try table.bytes() + [UInt8](repeating: 0, count: 13 << 20)
            try Data(disk).write(to: URL(fileURLWithPath: folder + "/disk"))
            let listed = try said("sfdisk", "--json", folder + "/disk")
            #expect(listed.contains("\"id\": \"0x1234abcd\"") && listed.contains("\"label\": \"dos\""))
            #expect(listed.contains("\"start\": 2048") && listed.contains("\"size\": 20480"))
            #expect(listed.contains("\"bootable\": true") && listed.contains("\"start\": 22528"))
        }
        var wrong = table
        wrong.partitions[1].start = 22527
        #expect(throws: BuildError.self) { try wrong.bytes() }
    }
}
