import Foundation
import Testing

@testable import Linux

@Suite("Files")
struct FilesTests {
    @Test("A file is replaced with the mode that was asked for, whatever the umask, and nothing is left beside it")
    func replace() throws {
        let folder = try TemporaryFolder()
        let path = Path.join(folder.path, "file")
        try Files.writeAtomically(path, Array("old".utf8), mode: 0o644)
        try Files.writeAtomically(path, Array("new".utf8), mode: 0o666)
        #expect(try Files.read(path, limit: 100) == Array("new".utf8))
        #expect(try Files.status(path)?.mode == 0o666)
        #expect(try Files.list(folder.path) == ["file"])
    }

    @Test("A file larger than the limit is refused and named")
    func limit() throws {
        let folder = try TemporaryFolder()
        let path = Path.join(folder.path, "large")
        try Files.writeAtomically(path, [UInt8](repeating: 1, count: 40_000), mode: 0o600)
        #expect(try Files.read(path, limit: 40_000).count == 40_000)
        let error = #expect(throws: SystemError.self) { try Files.read(path, limit: 39_999) }
        #expect(error?.description.contains(path) == true)
    }

    @Test("A pipe in a file's place does not make the reader wait")
    func pipe() throws {
        let folder = try TemporaryFolder()
        let path = Path.join(folder.path, "pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try Files.read(path, limit: 10).isEmpty)
    }

    @Test("Removing a tree does not follow links out of it")
    func removeTree() throws {
        let folder = try TemporaryFolder()
        let outside = Path.join(folder.path, "outside")
        let tree = Path.join(folder.path, "tree")
        try Files.makeDirectories(Path.join(tree, "a/b"))
        try Files.makeDirectories(outside)
        try Files.writeAtomically(Path.join(outside, "kept"), [1], mode: 0o600)
        try FileManager.default.createSymbolicLink(
            atPath: Path.join(tree, "a/link"), withDestinationPath: outside)
        try Files.removeTree(tree)
        #expect(!Files.exists(tree))
        #expect(Files.exists(Path.join(outside, "kept")))
        try Files.removeTree(tree)
    }

    @Test("A private directory is new, nobody else's, and never the one that somebody made before")
    func privateDirectory() throws {
        let one = try Files.makePrivateDirectory(prefix: "/tmp/perennial-private-")
        let two = try Files.makePrivateDirectory(prefix: "/tmp/perennial-private-")
        defer {
            rmdir(one)
            rmdir(two)
        }
        #expect(one != two)
        let status = try #require(try Files.linkStatus(one))
        #expect(status.kind == .directory && status.mode & 0o777 == 0o700)
        #expect(throws: SystemError.self) { try Files.makePrivateDirectory(prefix: "/nowhere/x-") }
    }

    @Test("A link is switched to another target at once")
    func switchLink() throws {
        let folder = try TemporaryFolder()
        let link = Path.join(folder.path, "link")
        try Files.switchLink(link, to: "one")
        try Files.switchLink(link, to: "two")
        #expect(Files.linkTarget(link) == "two")
        #expect(try Files.list(folder.path) == ["link"])
    }

    @Test("A missing file is told with its path and the reason")
    func missing() {
        let error = #expect(throws: SystemError.self) { try Files.read("/nowhere/file", limit: 1) }
        #expect(error?.description == "open /nowhere/file: No such file or directory")
    }

    @Test(
        "Paths are taken apart as text",
        arguments: [("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("/a/b/", "/a/b", "")])
    func paths(path: String, parent: String, name: String) {
        #expect(Path.parent(path) == parent)
        #expect(Path.name(path) == name)
    }
}

@Suite("Lock files")
struct LockFileTests {
    @Test("A lock file is its owner's alone: whoever can open it can lock it, and so pass for a running daemon")
    func mode() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        // One that an earlier version left open to everybody.
        try Files.writeAtomically(path, [], mode: 0o644)
        let isTaken = try LockFile.take(path) != nil
        #expect(isTaken)
        #expect(try Files.status(path)?.mode == 0o600)
    }

    @Test("The holder is told while the lock is held, and a number left behind is never taken for a process")
    func holder() throws {
        let folder = try TemporaryFolder()
        let path = Path.join(folder.path, "pid")
        #expect(try LockFile.holder(path) == nil)
        do {
            guard let lock = try LockFile.take(path) else {
                Issue.record("the lock of a new file is held")
                return
            }
            try lock.write(process: 4711)
            #expect(try LockFile.holder(path) == 4711)
            let isTakenTwice = try LockFile.take(path) != nil
            #expect(!isTakenTwice)
            // Holds the lock until here.
            _ = consume lock
        }
        #expect(try Files.read(path, limit: 64) == Array("4711\n".utf8))
        // A child that another test is starting shares the lock until it executes its program.
        var left = 1000
        while try LockFile.holder(path) != nil, left > 0 {
            Clock.pause(milliseconds: 10)
            left -= 1
        }
        #expect(left > 0, "the lock is still held")
    }
}
