import Foundation
import Image
import Testing

@testable import Artifacts

@Suite("The source tree")
struct BuildTests {
    @Test("Sources are what git would commit, and without git all but hidden files and backups")
    func sources() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        for name in ["committed", "old"] { try tree.write("tree/folder/\(name)", name) }
        try tree.commit()
        for name in ["sub/new", "ignored", "new~", ".hidden", "__pycache__/x.pyc"] {
            try tree.write("tree/folder/\(name)", name)
        }
        try FileManager.default.removeItem(atPath: tree.folder + "/tree/folder/old")
        #expect(try tree.build.sources(below: "folder") == ["committed", "sub/new"])
        let build = try tree.build
        try FileManager.default.removeItem(atPath: tree.folder + "/tree/.git")
        #expect(try build.sources(below: "folder") == ["committed", "ignored", "sub/new"])
    }

    @Test("A time that is given is the build's, whatever the environment and the last commit say")
    func time() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        #expect(try Build(repository: tree.folder + "/tree", output: tree.folder + "/dist", time: 17).time == 17)
    }

    @Test("git reads a tree of another user too")
    func otherOwner() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        // What git's own tests say instead of changing the owner, which is root's.
        let other = ["GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"]
        let plain = Tool("git", "-C", tree.folder + "/tree", "log").with(other)
        #expect(throws: BuildError.self) { try plain.run() }
        #expect(try tree.build.git("log", "--format=%s").with(other).text() == "a tree")
    }
}
