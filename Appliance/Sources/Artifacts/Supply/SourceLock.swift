import Foundation
import Image

/// `Appliance/sources.lock`: the files of every source package that a part of an artifact was built from, and the SHA-256
/// of the archive of them all. Lines: `archive SHA-256`, and `source`, version, file, SHA-256 for each file.
public struct SourceLock: Equatable, Sendable {
    public struct File: Equatable, Sendable {
        public let source: String
        public let version: String
        public let name: String
        public let sha256: String
    }

    public static let path = "Appliance/sources.lock"
    private static let heading = """
        # The sources of every part of every artifact: source package, version, file, SHA-256; first the archive of them all,
        # and source packages that the package archive did not have. Written by `make lock`; `make sources` makes the archive.

        """

    /// Of the archive.
    public let archive: String
    public let files: [File]
    /// Source packages, as `name version`, that the package archive did not have when the file was written.
    public let absent: [String]

    public init(archive: String, files: [File], absent: [String] = []) {
        self.archive = archive
        self.files = files
        self.absent = absent
    }

    /// - Throws: when a line is not as it should be.
    public init(_ text: String) throws(BuildError) {
        var archive: String?
        var files: [File] = []
        var absent: [String] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: " ").map(String.init)
            if fields.count == 2, fields[0] == "archive" {
                archive = fields[1]
            } else if fields.count == 3, fields[0] == "absent" {
                absent.append("\(fields[1]) \(fields[2])")
            } else if fields.count == 4 {
                files.append(File(source: fields[0], version: fields[1], name: fields[2], sha256: fields[3]))
            } else {
                throw BuildError("\(Self.path): \"\(line)\" is no line of it. `make lock` writes the file anew.")
            }
        }
        guard let archive else { throw BuildError("\(Self.path) does not name the archive. Run `make lock`.") }
        self.init(archive: archive, files: files, absent: absent)
    }

    public var text: String {
        Self.heading + "archive \(archive)\n"
            + absent.map { "absent \($0)\n" }.joined()
            + files.map { "\($0.source) \($0.version) \($0.name) \($0.sha256)\n" }.joined()
    }
}

extension Build {
    /// The SHA-256 of the archive of all corresponding sources.
    public func sourcesDigest() throws -> String { try SourceLock(sourceText(SourceLock.path)).archive }
}
