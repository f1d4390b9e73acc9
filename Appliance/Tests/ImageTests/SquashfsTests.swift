import Foundation
import Testing

@testable import Image

@Suite("Squashfs")
struct SquashfsTests {
    @Test("A squashfs is the same each time, knows root alone, and lists modes, links and devices of its tree")
    func listing() throws {
        var tree = FileTree()
        try tree.addFile("bin/thing", text: "content", mode: 0o4755)
        try tree.addLink("bin/link", to: "thing")
        try tree.addDirectory("tmp", mode: 0o1777)
        try tree.add("dev/null", FileTree.Entry(.characterDevice(major: 1, minor: 3), mode: 0o666))
        let folder = FileManager.default.temporaryDirectory.path + "/squash-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a", "b"] { try Squashfs(time: 1_000_000_000).write(tree, to: "\(folder)/\(name)") }
        #expect(try SHA256.hex(file: folder + "/a") == SHA256.hex(file: folder + "/b"))
        #expect(try Tool("unsquashfs", "-s", folder + "/a").text().contains("Number of ids 1"))
        try tree.addDirectory("srv", owner: 7, group: 8)
        let error = #expect(throws: BuildError.self) {
            try Squashfs(time: 0).write(tree, to: folder + "/refused")
        }
        #expect(error?.description.contains("srv belongs to 7:8") == true)
        let listed = try Tool("unsquashfs", "-lln", folder + "/a").text()
        for line in [
            "drwxr-xr-x 0/0 .* 2001-09-09 01:46 squashfs-root$",
            "-rwsr-xr-x 0/0 +7 2001-09-09 01:46 squashfs-root/bin/thing",
            "lrwxrwxrwx 0/0 .* squashfs-root/bin/link -> thing", "drwxrwxrwt 0/0 .* squashfs-root/tmp",
            "crw-rw-rw- 0/0 +1, +3 .* squashfs-root/dev/null",
        ] {
            #expect(listed.range(of: "(?m)^" + line, options: .regularExpression) != nil, "\(line)\n\(listed)")
        }
    }
}
