import Foundation
import Testing

@testable import Image

@Suite("Reading archives")
struct ArchiveReaderTests {
    @Test(
        "Other formats than the builder's are refused: a list of mtree's would bring files of this machine into the tree"
    )
    func formats() throws {
        let file = "/tmp/perennial-secret-\(UUID().uuidString)"
        try Data("secret".utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let list = "#mtree\n./leak type=file mode=0644 size=6 contents=\(file)\n"
        #expect(throws: BuildError.self) { try ArchiveReader.tree(Array(list.utf8), name: "a list") }
    }

    @Test("Plain and compressed archives are read", arguments: ["gzip", "xz", "bzip2", "cat"])
    func compressions(_ program: String) throws {
        var tree = FileTree()
        try tree.addFile("file", text: String(repeating: "text", count: 1000))
        let tar = try ArchiveWriter(.tar, time: 0).bytes(tree)
        let bytes = try Tool(program == "cat" ? [program] : [program, "-c"]).run(input: tar)
        #expect(try ArchiveReader.tree(bytes, name: program) == tree)
    }
}
