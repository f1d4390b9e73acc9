import Foundation
import Linux
import Testing

@Suite struct DirectoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/below", withIntermediateDirectories: true)
        try Data("content".utf8).write(to: URL(fileURLWithPath: folder.path + "/below/file"))
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/way", withDestinationPath: "below")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/name", withDestinationPath: "below/file")
    }

    @Test func entriesAreReachedThroughIt() throws {
        let directory = try Directory.open(folder.path)
        #expect(try directory.list() == ["below", "name", "way"])
        #expect(try directory.status("below")?.kind == .directory)
        #expect(try directory.status("way")?.kind == .link)
        #expect(try directory.status("missing") == nil)
        #expect(directory.linkTarget("name") == "below/file")
        let file = try directory.directory("below").file("file")
        #expect(try Files.read(descriptor: file.raw, name: "file", limit: 100) == [UInt8]("content".utf8))
    }

    @Test("A link that was put in the place of a directory or file is not followed")
    func linksAreNotFollowed() throws {
        let directory = try Directory.open(folder.path)
        #expect(throws: SystemError.self) { _ = try directory.directory("way").list() }
        #expect(throws: SystemError.self) { _ = try directory.file("name").raw }
    }

    @Test("A directory that was renamed away is still the one that was opened")
    func renamed() throws {
        let directory = try Directory.open(folder.path).directory("below")
        try FileManager.default.moveItem(atPath: folder.path + "/below", toPath: folder.path + "/moved")
        #expect(try directory.list() == ["file"])
    }
}
