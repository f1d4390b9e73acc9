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

    /// - Throws: when the source tree does not tell its version or its time.
    public init(repository: String, output: String? = nil) throws {
        self.repository = repository
        self.output = output ?? repository + "/dist"
        let environment = ProcessInfo.processInfo.environment
        let home = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
        cache = environment["PERENNIAL_CACHE"] ?? home + "/perennial"
        version = try Self.version(of: repository)
        if let given = environment["SOURCE_DATE_EPOCH"] {
            guard let time = Int(given), time >= 0 else {
                throw BuildError("SOURCE_DATE_EPOCH is \"\(given)\": expected seconds since 1970.")
            }
            self.time = time
        } else {
            let text = try Tool("git", "-C", repository, "log", "-1", "--format=%ct").text()
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
            .keeping("HOME", "PATH", "PERENNIAL_CACHE", "XDG_CACHE_HOME", "LOCKED").text()
    }

    /// All files below a folder of the source tree that git would commit, with paths relative to it, in fixed order.
    public func sources(below folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: repository + "/" + folder)
        return names.filter { name in
            var isFolder: ObjCBool = false
            let path = "\(repository)/\(folder)/\(name)"
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && !name.contains("__pycache__") && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
