import Foundation
import Image
import Testing

@testable import Artifacts

/// With apt itself, and an archive of packages made here.
@Suite("Debian packages from an archive")
struct PackageStoreTests {
    private func withTree(_ body: (TestTree) throws -> Void) throws {
        let tree = try TestTree()
        defer { tree.remove() }
        try body(tree)
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test("What the lock file names is downloaded once, and its files make a tree")
    func locked() throws {
        try withTree { tree in
            let packages = try tree.archive(("one", "1.0", ""), ("two", "2.0", ""))
            try tree.lock("set", "one\ntwo\n", packages)
            let store = try tree.build.packages
            #expect(try store.files(of: "set", for: "amd64").map(\.package) == packages)
            // It is not asked for again: the archive has nothing now.
            try tree.archive()
            let files = try store.tree(of: "set", for: "amd64")
            #expect(files["usr/share/one"] != nil && files["usr/share/two"] != nil)
        }
    }

    @Test("The same version with another SHA-256 is an error, not a reason to take what the archive has")
    func otherFile() throws {
        try withTree { tree in
            let packages = try tree.archive(("one", "1.0", ""))
            let pinned = DebianPackage(
                name: "one", architecture: "amd64", version: "1.0", sha256: String(repeating: "0a", count: 32),
                source: "one", sourceVersion: "1.0")
            try tree.lock("set", "one\n", [pinned])
            let said = message { _ = try tree.build.packages.files(of: "set", for: "amd64") }
            #expect(said.contains(pinned.sha256) && said.contains(packages[0].sha256))
            #expect(!FileManager.default.fileExists(atPath: "\(tree.folder)/cache/debs/\(packages[0].sha256).deb"))
        }
    }

    @Test(
        "Where a version has left the archive, the set's newest are taken; one whose file was changed stops even then")
    func replaced() throws {
        try withTree { tree in
            let old = try tree.archive(("one", "1.0", ""), ("two", "2.0", ""))
            try tree.lock("set", "one\ntwo\n", old)
            let new = try tree.archive(("one", "1.1", ""), ("two", "2.0", ""))
            #expect(try tree.build.packages.files(of: "set", for: "amd64").map(\.package) == new)
            // Now with another file under the version of the other one.
            let two = DebianPackage(
                name: "two", architecture: "amd64", version: "2.0", sha256: String(repeating: "0b", count: 32),
                source: "two", sourceVersion: "2.0")
            try tree.lock("set", "one\ntwo\n", [old[0], two])
            try FileManager.default.removeItem(atPath: tree.folder + "/cache")
            #expect(message { _ = try tree.build.packages.files(of: "set", for: "amd64") }.contains(two.sha256))
        }
    }

    @Test("A file of the cache that is not what its name says is told")
    func damaged() throws {
        try withTree { tree in
            let packages = try tree.archive(("one", "1.0", ""))
            try tree.lock("set", "one\n", packages)
            let path = "cache/debs/\(packages[0].sha256).deb"
            try tree.write(path, "something else")
            let said = message { _ = try tree.build.packages.files(of: "set", for: "amd64") }
            #expect(said.contains(path) && said.contains("Delete"))
        }
    }

    @Test("A file that the lists name and the archive does not have counts as gone; that of the newest is an error")
    func notThere() throws {
        try withTree { tree in
            let packages = try tree.archive(("one", "1.0", ""))
            try tree.lock("set", "one\n", packages)
            try FileManager.default.removeItem(atPath: tree.folder + "/archive/one.deb")
            let said = message { _ = try tree.build.packages.files(of: "set", for: "amd64") }
            #expect(said.contains("File not found"))
        }
    }

    @Test("A metapackage stands for what its newest version depends on, and a name that is gone is told with its file")
    func metapackage() throws {
        try withTree { tree in
            let old = try tree.archive(("kernel-1", "1.0", ""), ("kernel", "1.0", "kernel-1 (= 1.0)"))
            try tree.lock("set", "@kernel\n", [old[0]])
            let store = try tree.build.packages
            #expect(try store.files(of: "set", for: "amd64").map(\.package.name) == ["kernel-1"])
            try FileManager.default.removeItem(atPath: tree.folder + "/cache")
            try tree.archive(("kernel-2", "2.0", ""), ("kernel", "2.0", "kernel-2 (= 2.0)"))
            #expect(try store.files(of: "set", for: "amd64").map(\.package.name) == ["kernel-2"])
            #expect(try store.renewLock() == 1)
            #expect(try store.lock()["set", "amd64"]?.map(\.name) == ["kernel-2"])

            try tree.lock("set", "kernel-1\n", [old[0]])
            #expect(message { _ = try store.renewLock() }.contains("\(PackageSet.folder)/set"))
        }
    }
}
