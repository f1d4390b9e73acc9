import Foundation
import Group
import Linux
import Testing

@testable import Deployment

@Suite struct PackageTests {
    private typealias F = FolderFixture
    private let handler = ZipWriter.Entry.file("alarm.py", FolderFixture.source)

    /// The folder of a group whose function's code is a .zip of these entries.
    private func folder(_ entries: [ZipWriter.Entry], password: String? = nil) -> TemporaryFolder {
        let folder = TemporaryFolder()
        folder.write(F.group(), to: "group.json")
        ZipWriter.write(entries, to: folder.path + "/Alarm.zip", password: password)
        return folder
    }

    private func violations(_ folder: TemporaryFolder) -> [String] {
        Deployer(root: "/nowhere").validate(folder.path).violations.map(\.message)
    }

    private func refuses(
        _ entries: [ZipWriter.Entry], saying words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = violations(folder(entries))
        #expect(
            found.count == 1 && found[0].contains(words), "found: \(found)", sourceLocation: sourceLocation)
    }

    @Test("LAM-24: a .zip is unpacked with its directories, links, names and executable files")
    func archive() throws {
        let folder = folder([
            ZipWriter.Entry(path: "./", kind: .directory, mode: 0o700), handler, .file("lib/a/deep.py", "1"),
            ZipWriter.Entry(path: "empty/", kind: .directory), .file("bin/tool", "#!/bin/sh\n", mode: 0o6777),
            .link("tool", to: "bin/tool"), .link("lib/up", to: "../alarm.py"), .file("naïve.txt", "é"),
            .file("./dotted.txt", "."),
        ])
        let root = TemporaryFolder()
        _ = try Deployer(root: root.path).apply(folder.path)
        let package = "ggc/deployment/lambda/\(F.arn)1"
        #expect(
            root.snapshot(package) == [
                "alarm.py": F.source, "lib": "directory", "lib/a": "directory", "lib/a/deep.py": "1",
                "empty": "directory",
                "bin": "directory", "bin/tool": "#!/bin/sh\n", "tool": "-> bin/tool", "lib/up": "-> ../alarm.py",
                "naïve.txt": "é", "dotted.txt": ".",
            ])
        #expect(root.mode(package + "/bin/tool") == 0o755)
        #expect(root.mode(package + "/alarm.py") == 0o644)
        #expect(root.mode(package + "/empty") == 0o755)
    }

    @Test("LAM-24: Package names a folder or .zip anywhere in the group folder")
    func namedPackage() throws {
        let folder = TemporaryFolder()
        folder.write(F.group(more: #", "Package": "code/alarm""#), to: "group.json")
        folder.write(F.source, to: "code/alarm/alarm.py")
        let root = TemporaryFolder()
        _ = try Deployer(root: root.path).apply(folder.path)
        #expect(root.read("ggc/deployment/lambda/\(F.arn)1/alarm.py") == F.source)
    }

    @Test("LAM-24: a package that is a link, or lies behind one, is refused: it could lead to any file of root's")
    func linkedPackage() throws {
        let secret = TemporaryFolder()
        secret.write(F.source, to: "alarm.py")
        secret.write("root's", to: "shadow")
        ZipWriter.write([handler], to: secret.path + "/code.zip")
        for (link, target, package) in [
            ("code", secret.path, "code"), ("way", Path.parent(secret.path), "way/" + Path.name(secret.path)),
            ("code.zip", secret.path + "/code.zip", "code.zip"),
        ] {
            let folder = TemporaryFolder()
            folder.write(F.group(more: #", "Package": "\#(package)""#), to: "group.json")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + link, withDestinationPath: target)
            #expect(violations(folder).first?.contains("\"\(link)\" is a link") == true, "found: \(violations(folder))")
            #expect(failure { _ = try Deployer(root: TemporaryFolder().path).apply(folder.path) } != nil)
        }
    }

    @Test func entriesThatLeadOutAreRefused() {
        refuses([handler, .file("../evil", "x")], saying: "\"../evil\" leads out of the package (..)")
        refuses([handler, .file("a/../../evil", "x")], saying: "leads out of the package (..)")
        refuses([handler, .file("/etc/evil", "x")], saying: "\"/etc/evil\" has an absolute path")
        // libarchive takes a backslash for a slash in archives of some systems; both ways the entry is refused.
        refuses([handler, .file(#"..\evil"#, "x")], saying: "evil\" ")
        refuses([handler, .file(String(repeating: "n", count: 256), "x")], saying: "longer than 255 bytes")
        refuses([handler, .file(String(repeating: "d/", count: 65) + "x", "x")], saying: "64 directories deep")
    }

    @Test func linksThatLeadOutAreRefused() {
        refuses([handler, .link("l", to: "/etc/passwd")], saying: "leads out of the package")
        refuses([handler, .link("l", to: "..")], saying: "leads out of the package")
        refuses([handler, .link("a/l", to: "../../x")], saying: "leads out of the package")
        refuses([handler, .link("a/l", to: "b/../../../x")], saying: "goes up after it went down")
        // Where the first link shortens the way, two steps up are too many.
        refuses([handler, .link("a/b/here", to: "../.."), .link("out", to: "a/b/here/../x")], saying: "goes up after")
        refuses([handler, .link("l", to: "lib"), .file("l/x", "x")], saying: "\"l/x\" lies below a link")
        refuses([handler, .file("d/x", "x"), .link("d", to: ".")], saying: "more than once")
        refuses([handler, handler], saying: "more than once")
        refuses([handler, .file("alarm.py/x", "x")], saying: "lies below a file")
    }

    @Test func allBadEntriesAreNamedUpToALimit() {
        #expect(violations(folder([handler, .file("../a", ""), .file("../b", ""), .link("c", to: "/")])).count == 3)
        let many = (0..<100).map { ZipWriter.Entry.file("../\($0)", "") }
        let found = violations(folder([handler] + many))
        #expect(found.count == PackageLimits.complaints + 1)
        #expect(found.contains { $0.contains("there may be more") })
    }

    @Test func archivesThatCannotBeReadAreTold() throws {
        #expect(violations(folder([handler], password: "secret")).first?.contains("encrypted") == true)
        #expect(violations(folder([])).first?.contains("cannot be used") == true)
        let text = folder([handler])
        text.write("this is no archive", to: "Alarm.zip")
        #expect(
            violations(text).first?.contains("cannot be used: it cannot be opened") == true
                || violations(text).first?.contains("not a readable .zip") == true)
        let short = folder([handler, .file("big", String(repeating: "abcdefg", count: 10_000))])
        let bytes = try #require(FileManager.default.contents(atPath: short.path + "/Alarm.zip"))
        for length in [0, 1, 30, 60, bytes.count / 2, bytes.count - 30] {
            _ = FileManager.default.createFile(atPath: short.path + "/Alarm.zip", contents: bytes.prefix(length))
            // Whatever a reader can still make of it, it never crashes and the cut never passes as whole with less in it.
            let found = violations(short)
            #expect(!found.isEmpty || length == bytes.count - 30, "\(length) bytes")
        }
    }

    @Test func aFewBytesThatBecomeManyAreRefused() {
        let zeros = [UInt8](repeating: 0, count: Int(PackageLimits.bytes) + 1)
        refuses([handler, ZipWriter.Entry(path: "bomb", content: zeros)], saying: "more than 250 MB together")
    }

    @Test func tooManyEntriesAreRefused() throws {
        var gate = PackageGuard()
        for number in 0..<PackageLimits.entries {
            try gate.admit(try PackagePath(Array("f\(number)".utf8)), .file)
        }
        #expect(!gate.hasTooManyEntries)
        try gate.admit(try PackagePath(Array("one more".utf8)), .file)
        #expect(gate.hasTooManyEntries)
    }

    @Test func aFolderIsReadWithTheSameRules() throws {
        let folder = F.make()
        symlink("/etc/passwd", folder.path + "/Alarm/secrets")
        symlink("lib/version.py", folder.path + "/Alarm/version")
        mkfifo(folder.path + "/Alarm/pipe", 0o600)
        let found = violations(folder)
        #expect(found.count == 2)
        #expect(found.contains { $0.contains("\"secrets\" is a link to \"/etc/passwd\", which leads out") })
        #expect(found.contains { $0.contains("\"pipe\" is neither a file") })
    }

    @Test func aNameThatIsNotUTF8IsRefused() {
        #expect(throws: PackageComplaint.self) { try PackagePath([0x61, 0xFF]) }
        #expect(throws: PackageComplaint.self) { try PackagePath([0x61, 0x00]) }
        #expect(throws: PackageComplaint.self) { try PackagePath([]) }
    }

    @Test("LAM-03: the handler of an executable becomes executable, whatever the package says")
    func executables() throws {
        let folder = TemporaryFolder()
        let group = F.group().replacing("python3.7", with: "executable").replacing("alarm.handler", with: "run.exe")
        folder.write(group, to: "group.json")
        ZipWriter.write([.file("run.exe", "#!/bin/sh\n")], to: folder.path + "/Alarm.zip")
        let root = TemporaryFolder()
        _ = try Deployer(root: root.path).apply(folder.path)
        #expect(root.mode("ggc/deployment/lambda/\(F.arn)1/run.exe") == 0o755)
        ZipWriter.write([.file("run.ex", "#!/bin/sh\n")], to: folder.path + "/Alarm.zip")
        #expect(violations(folder).first?.contains("no file \"run.exe\" at its top; did you mean \"run.ex\"?") == true)
    }
}
