import Foundation
import Image

@testable import Artifacts

/// A source tree with a version and one commit, a cache and a package archive of its own: apt reads the latter as it reads
/// Debian's.
struct TestTree {
    let folder: String

    init() throws {
        folder = "/tmp/perennial-tree-\(UUID().uuidString)"
        try write("tree/Sources/Core/Version.swift", "static let product = \"1.2.3\"\n")
        try write("tree/.gitignore", "ignored\n")
        try write("tree/scripts/sdk/apt-state", Self.state(folder), mode: 0o755)
        try git("init", "--quiet")
        try commit()
    }

    /// The part of scripts/sdk/apt-state that tells where lists and sources are.
    private static func state(_ folder: String) -> String {
        """
        #!/bin/sh
        set -eu
        mkdir -p "\(folder)/apt/lists/partial" "\(folder)/apt/archives/partial" "\(folder)/archive"
        touch "\(folder)/apt/status"
        echo "deb [trusted=yes] file:\(folder)/archive ./" >"\(folder)/apt/sources.list"
        cat >"\(folder)/apt/apt.conf" <<END
        APT::Architecture "amd64";
        APT::Architectures { "amd64"; };
        APT::Sandbox::User "root";
        Dir::State "\(folder)/apt";
        Dir::State::status "\(folder)/apt/status";
        Dir::State::lists "\(folder)/apt/lists";
        Dir::Cache "\(folder)/apt";
        Dir::Etc::sourcelist "\(folder)/apt/sources.list";
        Dir::Etc::sourceparts "/dev/null";
        Dir::Etc::preferencesparts "/dev/null";
        APT::Update::Post-Invoke { "true"; };
        #clear APT::Update::Post-Invoke-Success;
        END
        APT_CONFIG="\(folder)/apt/apt.conf" apt-get -qq update >&2
        echo "\(folder)/apt/apt.conf"
        """
    }

    var build: Build {
        get throws { try Build(repository: folder + "/tree", output: folder + "/dist", cache: folder + "/cache") }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ path: String, _ text: String, mode: Int = 0o644) throws {
        try write(path, Array(text.utf8), mode: mode)
    }

    func write(_ path: String, _ bytes: [UInt8], mode: Int = 0o644) throws {
        let url = URL(fileURLWithPath: "\(folder)/\(path)")
        let manager = FileManager.default
        try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    }

    func git(_ words: String...) throws {
        try Tool(
            ["git", "-C", folder + "/tree", "-c", "user.name=somebody", "-c", "user.email=somebody@example.invalid"]
                + words
        ).run()
    }

    func commit() throws {
        try git("add", "--all")
        try git("commit", "--quiet", "--message", "a tree")
    }

    /// Puts a package into the archive, which then has these alone.
    ///
    /// - Returns: what its lock file would say of them.
    @discardableResult
    func archive(_ packages: (name: String, version: String, depends: String)...) throws -> [DebianPackage] {
        var index = ""
        var list: [DebianPackage] = []
        try? FileManager.default.removeItem(atPath: folder + "/archive")
        for (name, version, depends) in packages {
            let control =
                "Package: \(name)\nVersion: \(version)\nArchitecture: amd64\nMaintainer: somebody\n"
                + (depends.isEmpty ? "" : "Depends: \(depends)\n") + "Description: a package\n"
            let bytes = DebianArchive.bytes(
                control: try tar("control", control), data: try tar("usr/share/\(name)", version), time: 0)
            let sha256 = SHA256.hex(bytes)
            try write("archive/\(name).deb", bytes)
            index += control + "Filename: ./\(name).deb\nSize: \(bytes.count)\nSHA256: \(sha256)\n\n"
            list.append(
                DebianPackage(
                    name: name, architecture: "amd64", version: version, sha256: sha256, source: name,
                    sourceVersion: version))
        }
        try write("archive/Packages", index)
        return list
    }

    private func tar(_ path: String, _ text: String) throws -> [UInt8] {
        var tree = FileTree()
        try tree.addFile(path, text: text)
        return try ArchiveWriter(.tar, .gzip, time: 0).bytes(tree)
    }

    /// Writes a set and what the lock file says of it.
    func lock(_ set: String, _ text: String, _ packages: [DebianPackage]) throws {
        var lock = PackageLock()
        lock[set, "amd64"] = packages
        try write("tree/\(PackageSet.folder)/\(set)", "# for amd64\n" + text)
        try write("tree/\(PackageLock.path)", lock.text)
    }
}
