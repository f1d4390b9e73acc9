import Foundation
import Image

/// The corresponding sources of all parts: Debian's source packages, and our own tree.
public struct SourceStore {
    private let build: Build

    public init(_ build: Build) { self.build = build }

    /// The source packages of all locked packages and of what the core is linked with, each once.
    public func wanted() throws -> [(name: String, version: String)] {
        var found: Set<String> = []
        for package in try build.packages.lock().packages.values.joined() {
            let (name, version) = package.correspondingSource
            found.insert("\(name) \(version)")
        }
        for component in try build.coreComponents() {
            if let (name, version) = component.source { found.insert("\(name) \(version)") }
        }
        return found.sorted().map { line in
            let words = line.split(separator: " ")
            return (String(words[0]), String(words[1]))
        }
    }

    /// Asks the archive for the files of every source package, downloads them, and writes the lock file anew.
    ///
    /// - Returns: how many files it names, and which source packages the archive does not have, as `name version`.
    /// - Throws: when the archive cannot be reached, or sends other files than its lists state.
    public func renewLock() throws -> (files: Int, absent: [String]) {
        let apt = try Apt(build)
        var files: [SourceLock.File] = []
        var absent: [String] = []
        for (name, version) in try wanted() {
            guard let found = try apt.sourceFiles(name, version), try isThere(found, apt) else {
                absent.append("\(name) \(version)")
                continue
            }
            files += found
        }
        let digest = SHA256()
        try writer.write(try tree(files)) { digest.update($0) }
        let lock = SourceLock(archive: digest.finish(), files: files, absent: absent)
        let path = build.repository + "/" + SourceLock.path
        try Data(lock.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        return (files.count, absent)
    }

    /// Downloads files, unless the archive that lists them does not have them: a mirror may have dropped what it lists.
    private func isThere(_ files: [SourceLock.File], _ apt: Apt) throws -> Bool {
        do { try fetch(files, with: apt) } catch let error as BuildError where Apt.isAbsence(error) { return false }
        return true
    }

    /// Writes `greengrass-sources-VERSION.tar`, Debian's source packages, `greengrass-VERSION-src.tar.gz`, our own tree as
    /// of the last commit, and, where the lock file names any, `greengrass-sources-VERSION-absent.txt`: the source packages
    /// that the archive did not have, which whoever passes artifacts on has to get elsewhere.
    ///
    /// - Throws: when a file has left the archive, or the result has not the SHA-256 of the lock file.
    public func make() throws -> (names: [String], absent: [String]) {
        let lock = try SourceLock(build.sourceText(SourceLock.path))
        try fetch(lock.files, with: Apt(build))
        let name = "greengrass-sources-\(build.version)"
        let sha256 = try writer.write(try tree(lock.files), to: "\(build.output)/\(name).tar")
        guard sha256 == lock.archive else {
            throw BuildError("\(name).tar has the SHA-256 \(sha256), and \(SourceLock.path) states \(lock.archive).")
        }
        let list = "\(build.output)/\(name)-absent.txt"
        try? FileManager.default.removeItem(atPath: list)
        guard !lock.absent.isEmpty else { return (["\(name).tar", try ownSources()], []) }
        let text = lock.absent.map { $0 + "\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: list), options: .atomic)
        return (["\(name).tar", "\(name)-absent.txt", try ownSources()], lock.absent)
    }

    private func ownSources() throws -> String {
        let name = "greengrass-\(build.version)-src.tar.gz"
        let bytes = try build.git("archive", "--format=tar", "HEAD").run()
        var tree = FileTree()
        try tree.add(ArchiveReader.tree(bytes, name: "the source tree"), at: "greengrass-\(build.version)")
        try ArchiveWriter(.tar, .gzip, time: build.time).write(tree, to: "\(build.output)/\(name)")
        return name
    }

    /// Its bytes depend on the sources alone, so that the lock file can state their SHA-256.
    private var writer: ArchiveWriter { ArchiveWriter(.tar, time: 0) }

    private func tree(_ files: [SourceLock.File]) throws -> FileTree {
        var tree = FileTree()
        for file in files {
            let folder = "\(file.source)-\(file.version.replacingOccurrences(of: ":", with: "%3a"))"
            try tree.addFile("\(folder)/\(file.name)", .file(path(of: file)))
        }
        return tree
    }

    private func path(of file: SourceLock.File) -> String { "\(build.cache)/sources/\(file.sha256)" }

    private func fetch(_ files: [SourceLock.File], with apt: Apt) throws {
        let manager = FileManager.default
        let missing = try files.filter { try !CachedFile.exists(path(of: $0), sha256: $0.sha256) }
        let packages = Set(missing.map { "\($0.source) \($0.version)" }).sorted()
        for line in packages {
            let words = line.split(separator: " ").map(String.init)
            let folder = "\(build.cache)/sources/.partial-\(UUID().uuidString)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? manager.removeItem(atPath: folder) }
            do { try apt.downloadSource(words[0], words[1], into: folder) } catch {
                throw BuildError(
                    "The sources of \(words[0]) \(words[1]), which \(SourceLock.path) names, cannot be had from this "
                        + "machine's package archive. If it has left the archive, `make lock` takes the newest of everything. "
                        + "apt said: \(error)")
            }
            for file in missing where file.source == words[0] && file.version == words[1] {
                let sha256 = try SHA256.hex(file: "\(folder)/\(file.name)")
                guard sha256 == file.sha256 else {
                    throw BuildError("\(file.name) has not the SHA-256 that \(SourceLock.path) states, \(file.sha256).")
                }
                guard rename("\(folder)/\(file.name)", path(of: file)) == 0 else {
                    throw BuildError("\(path(of: file)) cannot be written.")
                }
            }
        }
    }
}

extension Apt {
    /// The files of a source package, as the lists name them; nil where they do not.
    func sourceFiles(_ name: String, _ version: String) throws -> [SourceLock.File]? {
        // What is in no list is a warning to showsrc, not an error.
        let text = try tool(["apt-cache", "showsrc", "--only-source", name]).text()
        let stanzas = text.components(separatedBy: "\n\n")
        guard let stanza = stanzas.first(where: { $0.split(separator: "\n").contains("Version: \(version)") }) else {
            return nil
        }
        var files: [SourceLock.File] = []
        var isList = false
        for line in stanza.split(separator: "\n") {
            if line.hasPrefix("Checksums-Sha256:") {
                isList = true
            } else if isList, line.hasPrefix(" ") {
                let words = line.split(separator: " ").map(String.init)
                files.append(SourceLock.File(source: name, version: version, name: words[2], sha256: words[0]))
            } else {
                isList = false
            }
        }
        return files.sorted { $0.name < $1.name }
    }

    func downloadSource(_ name: String, _ version: String, into folder: String) throws {
        let script = "cd \"$0\" && exec apt-get -qq -o Acquire::Retries=3 source --download-only --only-source \"$1\""
        try tool(["sh", "-c", script, folder, "\(name)=\(version)"]).run()
    }
}
