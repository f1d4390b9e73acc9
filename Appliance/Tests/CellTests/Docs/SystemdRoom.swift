import Foundation
import Image

/// A booted Debian machine whose first process is systemd, with a kernel of its own. The reader sits at its serial console.
final class SystemdRoom: DocsRoom {
    private let cell: Cell
    private let folder: String
    private var files: [(source: String, place: String)] = []
    private var terminal: Terminal?

    private static let packages = DebianRoom.reader + ["systemd-sysv"]

    init(_ cell: Cell, in folder: String) throws {
        self.cell = cell
        self.folder = folder
    }

    /// Boots it when the first command is to be typed: what was put onto it is in its first file system.
    func terminal(asRoot: Bool) throws -> Terminal {
        if let terminal { return terminal }
        let archive = try DebianRoot(packages: Self.packages).archive(for: cell.architecture, in: cell.build)
        var root = try ArchiveReader.tree(FileContent.file(archive).load(), name: archive)
        for (source, place) in files { try add(source, at: "srv/reader/" + place, to: &root) }
        let words = try VirtualMachine.words(Self.script, in: root, build: cell.build, folder: folder)
        let made = try Terminal(words, ready: "the reader sits down")
        terminal = made
        return made
    }

    private func add(_ source: String, at place: String, to root: inout FileTree) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder), isFolder.boolValue else {
            return try root.addFile(place, .file(source))
        }
        for name in try FileManager.default.subpathsOfDirectory(atPath: source) {
            if let content = try? FileContent.file(source + "/" + name) {
                try root.addFile(place + "/" + name, content)
            }
        }
    }

    /// A pipe, so that the shell shows no prompts; and a console that echoes nothing.
    private static let script =
        DebianRoom.setUp + "\n" + """
            hostname cell
            mkdir -p /srv/reader
            cp -r /srv/reader/. /home/reader
            chown -R reader:reader /home/reader
            stty -F /dev/ttyS0 -echo -onlcr
            echo 'the reader sits down'
            cat </dev/ttyS0 | \(DebianRoom.login(false).joined(separator: " ")) bash --noprofile --norc 2>&1
            """ + "\n"

    func program(_ script: String) -> [String] { ["false"] }

    func put(_ source: String, at place: String) throws { files.append((source, place)) }

    func logs() -> String { "" }

    func close() {
        terminal?.close()
        terminal = nil
    }
}
