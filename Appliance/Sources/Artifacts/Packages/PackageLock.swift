import Foundation
import Image

/// One Debian package that is a part of an artifact.
public struct DebianPackage: Equatable, Sendable {
    public let name: String
    /// Debian's name of the architecture, or `all`'s packages under the one they were asked for.
    public let architecture: String
    public let version: String
    /// Of the `.deb`, in hexadecimal.
    public let sha256: String
    /// What it was built from.
    public let source: String
    public let sourceVersion: String

    public init(
        name: String, architecture: String, version: String, sha256: String, source: String, sourceVersion: String
    ) {
        self.name = name
        self.architecture = architecture
        self.version = version
        self.sha256 = sha256
        self.source = source
        self.sourceVersion = sourceVersion
    }
}

extension DebianPackage {
    /// The source package that has the code. Debian's signed kernels are built from one that holds signatures alone; its
    /// version is the kernel's with `+` for the last hyphen.
    public var correspondingSource: (name: String, version: String) {
        guard source.hasPrefix("linux-signed-"), let plus = sourceVersion.lastIndex(of: "+") else {
            return (source, sourceVersion)
        }
        return ("linux", sourceVersion.replacingCharacters(in: plus...plus, with: "-"))
    }
}

/// `Appliance/packages.lock`: every package of every set and architecture, one a line: set, architecture, package, version,
/// SHA-256, source, version of the source. Lines that begin with `#` say what the file is.
public struct PackageLock: Equatable, Sendable {
    public static let path = "Appliance/packages.lock"
    private static let heading = """
        # Every Debian package of the artifacts: set, architecture, package, version, SHA-256, source, its version.
        # Written by `make lock`, checked whenever a package is used.

        """

    /// By set and architecture, `python armhf`, in the order of names.
    public private(set) var packages: [String: [DebianPackage]] = [:]

    public init() {}

    /// - Throws: when a line is not as it should be.
    public init(_ text: String) throws(BuildError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty && !line.hasPrefix("#") {
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count == 7, fields[4].count == 64 else {
                throw BuildError(
                    "\(Self.path), line \(index + 1): expected set, architecture, package, version, SHA-256, source and its "
                        + "version. `make lock` writes the file anew.")
            }
            let package = DebianPackage(
                name: fields[2], architecture: fields[1], version: fields[3], sha256: fields[4], source: fields[5],
                sourceVersion: fields[6])
            packages["\(fields[0]) \(fields[1])", default: []].append(package)
        }
    }

    public subscript(set: String, architecture: String) -> [DebianPackage]? {
        get { packages["\(set) \(architecture)"] }
        set { packages["\(set) \(architecture)"] = newValue }
    }

    public var text: String {
        let lines = packages.keys.sorted().flatMap { key -> [String] in
            let set = key.split(separator: " ")[0]
            let list = (packages[key] ?? []).sorted { $0.name < $1.name }
            return list.map {
                "\(set) \($0.architecture) \($0.name) \($0.version) \($0.sha256) \($0.source) \($0.sourceVersion)\n"
            }
        }
        return Self.heading + lines.joined()
    }
}
