import Image

/// A work of somebody, ours among them, that is a part of an artifact.
public struct Component: Equatable, Sendable {
    public let name: String
    public let version: String
    /// An SPDX licence expression, or nil where Debian's copyright file in the artifact tells it.
    public let licence: String?
    /// The package URL (purl) of a Debian package.
    public let reference: String?
    /// Of the package's file.
    public let sha256: String?
    /// The Debian source package and its version.
    public let source: (name: String, version: String)?

    public static func == (first: Component, second: Component) -> Bool {
        first.name == second.name && first.version == second.version && first.reference == second.reference
    }

    init(
        _ name: String, _ version: String, licence: String? = nil, reference: String? = nil, sha256: String? = nil,
        source: (name: String, version: String)? = nil
    ) {
        self.name = name
        self.version = version
        self.licence = licence
        self.reference = reference
        self.sha256 = sha256
        self.source = source
    }

    public init(_ package: DebianPackage) {
        // "1:1.35" has a colon, which a package URL escapes.
        let version = package.version.split(separator: ":").joined(separator: "%3A").split(separator: "+")
            .joined(separator: "%2B")
        self.init(
            package.name, package.version,
            reference: "pkg:deb/debian/\(package.name)@\(version)?arch=\(package.architecture)", sha256: package.sha256,
            source: package.correspondingSource)
    }
}

extension Build {
    /// What the device programs are linked with, by the SDK's lock file: name there, what a person calls it, its licence.
    private static let linked: [(source: String, name: String, licence: String)] = [
        ("libarchive", "libarchive", "BSD-2-Clause"), ("libseccomp", "libseccomp", "LGPL-2.1-only"),
        ("openssl", "OpenSSL", "Apache-2.0"), ("sqlite3", "SQLite", "blessing"), ("zlib", "zlib", "Zlib"),
    ]
    private static let fromPackages: [(package: String, source: String, name: String, licence: String)] = [
        ("libgcc-12-dev", "gcc-12", "libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1"),
        ("musl-dev", "musl", "musl", "MIT"),
    ]

    /// The core and the works that are linked into it.
    public func coreComponents() throws -> [Component] {
        let lines = try sourceText("scripts/sdk/sources.lock").split(separator: "\n").map { $0.split(separator: " ") }
        func version(_ name: String) throws -> String {
            guard let line = lines.first(where: { $0.count >= 4 && $0[1] == name }) else {
                throw BuildError("scripts/sdk/sources.lock names no \(name).")
            }
            return String(line[3])
        }
        var components = [Component("Perennial", self.version, licence: "Apache-2.0")]
        for (source, name, licence) in Self.linked {
            let version = try version(source)
            components.append(Component(name, version, licence: licence, source: (source, version)))
        }
        for (package, source, name, licence) in Self.fromPackages {
            let version = try version(package)
            components.append(Component(name, version, licence: licence, source: (source, version)))
        }
        let swift = try Tool("swiftc", "--version").keeping("PATH", "HOME").text()
        let words = swift.split(whereSeparator: \.isWhitespace)
        guard let index = words.firstIndex(of: "version"), index + 1 < words.count else {
            throw BuildError("`swiftc --version` does not tell its version:\n\(swift)")
        }
        components.append(
            Component("Swift standard library", String(words[index + 1]), licence: "Apache-2.0 WITH Swift-exception"))
        return components
    }

    /// The packages of a set.
    public func components(of set: String, for architecture: Architecture) throws -> [Component] {
        try packages.files(of: set, for: architecture.debian).map { Component($0.package) }
    }
}
