import Foundation
import Image

/// One run of the builder: from where, to where, and what is the same for all that it makes.
public struct Build: Sendable {
    /// The source tree.
    public let repository: String
    /// Where binaries are found, `ARCH/greengrassd`, and artifacts are put.
    public let output: String
    /// What was downloaded or is slow to make, outside the source tree.
    public let cache: String
    /// The time of every file in every artifact, in seconds since 1970: SOURCE_DATE_EPOCH, or that of the last commit.
    public let time: Int
    /// Our own version. Tests of an upgrade set another one.
    public var version: String

    /// - Parameter time: nil for that of the environment, or of the source tree.
    /// - Throws: when the source tree does not tell its version or its time.
    public init(repository: String, output: String? = nil, time: Int? = nil) throws {
        try self.init(repository: repository, output: output, cache: nil, time: time)
    }

    /// - Parameter cache: nil for that of the environment.
    init(repository: String, output: String? = nil, cache: String?, time: Int? = nil) throws {
        self.repository = repository
        self.output = output ?? repository + "/dist"
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
        self.cache = cache ?? environment["PERENNIAL_CACHE"] ?? home + "/perennial"
        version = try Self.version(of: repository)
        if let time {
            self.time = time
        } else if let given = environment["SOURCE_DATE_EPOCH"] {
            guard let time = Int(given), time >= 0 else {
                throw BuildError("SOURCE_DATE_EPOCH is \"\(given)\": expected seconds since 1970.")
            }
            self.time = time
        } else {
            let text = try Self.git(repository, "log", "-1", "--format=%ct").text()
            guard let time = Int(text) else {
                throw BuildError("The time of the last commit of \(repository) is not known. Set SOURCE_DATE_EPOCH.")
            }
            self.time = time
        }
        try FileManager.default.createDirectory(atPath: self.output, withIntermediateDirectories: true)
    }

    private static func version(of repository: String) throws -> String {
        let path = repository + "/Sources/Core/Version.swift"
        let lines = try text(path).split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("static let product") }),
            case let parts = line.split(separator: "\""), parts.count >= 2
        else { throw BuildError("\(path) states no product version.") }
        return String(parts[1])
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try FileContent.file(path).load(), as: UTF8.self)
    }

    /// A file of the source tree.
    public func source(_ path: String) throws -> FileContent { try .file(repository + "/" + path) }

    /// The text of a file of the source tree.
    public func sourceText(_ path: String) throws -> String { try Self.text(repository + "/" + path) }

    /// The static program for an architecture, as `make dist` builds it.
    public func binary(_ architecture: Architecture) throws -> FileContent {
        let path = "\(output)/\(architecture.rawValue)/greengrassd"
        do throws(BuildError) { return try .file(path) } catch {
            throw BuildError("\(error) Build it first: make dist ARCH=\(architecture.rawValue).")
        }
    }

    /// Runs a script of the source tree.
    ///
    /// - Returns: what it prints.
    @discardableResult
    public func script(_ words: String...) throws -> String {
        try Tool([repository + "/" + words[0]] + words.dropFirst())
            .keeping(
                "HOME", "PATH", "PERENNIAL_CACHE", "XDG_CACHE_HOME", "LOCKED", "http_proxy", "https_proxy", "no_proxy"
            )
            .text()
    }

    /// git on the source tree, whoever owns it: git refuses a tree of another user unless it is told that it is safe.
    public func git(_ words: String...) -> Tool { Self.git(repository, words) }

    private static func git(_ repository: String, _ words: String...) -> Tool { git(repository, words) }

    private static func git(_ repository: String, _ words: [String]) -> Tool {
        let tree = URL(fileURLWithPath: repository).resolvingSymlinksInPath().path
        return Tool(["git", "-c", "safe.directory=\(tree)", "-C", tree] + words)
    }

    /// All files below a folder of the source tree that git would commit, with paths relative to it, in fixed order; where
    /// there is no git, or the tree was not made by it, all that lie there. Hidden files, editors' backups and Python's
    /// compiled files are none of them.
    public func sources(below folder: String) throws -> [String] {
        let all = try files(below: folder)
        guard FileManager.default.fileExists(atPath: repository + "/.git"), (try? Tool("git", "--version").run()) != nil
        else { return all }
        let listed = try git(
            "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name", "--", folder
        ).run()
        let names = Set(listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        return all.filter { names.contains("\(folder)/\($0)") }
    }

    /// All files below a folder of the source tree, what a build generates among them; see `sources(below:)`.
    func files(below folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: repository + "/" + folder)
        return names.filter { name in
            var isFolder: ObjCBool = false
            let path = "\(repository)/\(folder)/\(name)"
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && !name.split(separator: "/").contains(where: Self.isNoSource)
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isNoSource(_ name: Substring) -> Bool {
        name == "__pycache__" || name.hasPrefix(".") || name.hasPrefix("#")
            || ["~", ".orig", ".rej", ".bak", ".pyc"].contains { name.hasSuffix($0) }
    }
}
