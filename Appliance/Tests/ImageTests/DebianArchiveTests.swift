import Foundation
import Testing

@testable import Image

@Suite("Debian packages")
struct DebianArchiveTests {
    @Test("A package is one that dpkg-deb reads, whatever the lengths of its members", arguments: [0, 1, 2, 3])
    func readable(_ more: Int) throws {
        var control = FileTree()
        let fields = "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: M <m@example.invalid>\nDescription: d\n"
        try control.addFile("control", text: fields)
        var data = FileTree()
        try data.addFile("opt/p/file", text: String(repeating: "x", count: more))
        try data.addLink("opt/p/link", to: "file")
        var writer = ArchiveWriter(.tar, .gzip, time: 1_000_000_000)
        writer.prefix = "./"
        // What follows a gzip stream is ignored when it is zeros (RFC 1952 leaves it open, tar pads so).
        let padding = [UInt8](repeating: 0, count: more)
        let bytes = DebianArchive.bytes(
            control: try writer.bytes(control), data: try writer.bytes(data) + padding, time: 1_000_000_000)
        #expect(bytes.count % 2 == 0)
        let path = "/tmp/perennial-deb-\(UUID().uuidString).deb"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try Tool("dpkg-deb", "--field", path, "Package", "Version").text() == "Package: p\nVersion: 1")
        let listed = try Tool("dpkg-deb", "--contents", path).text()
        #expect(listed.contains(" 0/0 ") && listed.contains("2001-09-09 01:46 ./opt/p/link -> file"), "\(listed)")
        #expect(try ArchiveReader.package(path) == data)
    }
}
