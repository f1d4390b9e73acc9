import Image
import Testing

@testable import Artifacts

@Suite("What the machine brings")
struct BuildToolsTests {
    @Test("Compilers, compressors and makers of file systems are named with their versions, each in a line")
    func tools() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        #expect(try BuildTools(tree.build).write() == "BUILD-TOOLS")
        let lines = try Build.text(tree.folder + "/dist/BUILD-TOOLS").split(separator: "\n").filter {
            !$0.hasPrefix("#")
        }
        let versions = Dictionary(uniqueKeysWithValues: lines.map { ($0.prefix { $0 != " " }, $0.drop { $0 != " " }) })
        let xz = try Tool("dpkg-query", "--show", "--showformat=${Version}", "xz-utils").text()
        #expect(versions["xz-utils"] == " \(xz)")
        for name in ["swiftc", "e2fsprogs", "squashfs-tools", "zlib1g"] {
            #expect(versions[Substring(name)]?.contains { $0.isNumber } == true, "\(name)")
        }
    }
}
