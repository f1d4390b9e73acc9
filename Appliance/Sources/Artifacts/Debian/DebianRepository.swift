import Foundation
import Image

/// `apt/`: a repository in Debian's layout with the packages of all architectures that were built, for a line
/// `deb [signed-by=KEY] URL stable main` (https://wiki.debian.org/DebianRepository/Format). `greengrass-image sign` makes its
/// `InRelease`.
public struct DebianRepository: Artifact {
    public var name: String { "deb" }

    public func programs(for architecture: Architecture) -> [Architecture] {
        [DebianPackageFile.core(for: architecture)]
    }

    public init() {}

    public static let folder = "apt"
    private static let suite = folder + "/dists/stable"
    /// What `sign` adds, which is no part of a reproducible build.
    static let signatures = ["\(suite)/InRelease", "\(suite)/Release.gpg"]
    private static let pool = "pool/main/g/\(DebianPackageFile.package)"

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let file = DebianPackageFile(build, architecture)
        let (bytes, control) = try file.make()
        let path = "\(Self.pool)/\(file.fileName)"
        try clear(for: file, in: build)
        try write(bytes, to: "\(Self.folder)/\(path)", in: build)
        let index = """
            \(control.trimmingCharacters(in: .newlines))
            Filename: \(path)
            Size: \(bytes.count)
            SHA256: \(SHA256.hex(bytes))


            """
        let packages = "\(Self.suite)/main/binary-\(file.architecture)/Packages"
        try write(Array(index.utf8), to: packages, in: build)
        try write(Tool("gzip", "-9n").run(input: Array(index.utf8)), to: packages + ".gz", in: build)
        try write(Array(release(in: build).utf8), to: Self.suite + "/Release", in: build)
        // They belong to the Release before.
        for name in Self.signatures { try? FileManager.default.removeItem(atPath: "\(build.output)/\(name)") }
        return ["\(Self.folder)/\(path)", packages, packages + ".gz", Self.suite + "/Release"]
    }

    /// The repository has one package of an architecture, and none of another version: those are removed, with their indices.
    func clear(for file: DebianPackageFile, in build: Build) throws {
        let (manager, folder) = (FileManager.default, "\(build.output)/\(Self.folder)/\(Self.pool)")
        let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
        let ours = "\(DebianPackageFile.package)_\(file.version)_"
        for name in names where name.hasSuffix(".deb") {
            guard !name.hasPrefix(ours) || name == file.fileName else { continue }
            try manager.removeItem(atPath: "\(folder)/\(name)")
            let architecture = name.dropLast(4).split(separator: "_").last ?? ""
            try? manager.removeItem(atPath: "\(build.output)/\(Self.suite)/main/binary-\(architecture)")
        }
    }

    /// The indices of all architectures that are there, with their digests.
    func release(in build: Build) throws -> String {
        let folder = "\(build.output)/\(Self.suite)"
        let architectures = Architecture.allCases.map(\.debian).sorted().filter {
            FileManager.default.fileExists(atPath: "\(folder)/main/binary-\($0)/Packages")
        }
        var sums = ""
        for architecture in architectures {
            for name in ["Packages", "Packages.gz"] {
                let path = "main/binary-\(architecture)/\(name)"
                let size = try FileContent.file("\(folder)/\(path)").size
                sums += " \(try SHA256.hex(file: "\(folder)/\(path)")) \(size) \(path)\n"
            }
        }
        return """
            Origin: Perennial
            Label: Perennial
            Suite: stable
            Codename: stable
            Version: \(build.version)
            Date: \(DebianTime.text(build.time, zone: "UTC"))
            Architectures: \(architectures.joined(separator: " "))
            Components: main
            Description: Perennial's greengrassd
            SHA256:
            \(sums)
            """
    }

    private func write(_ bytes: [UInt8], to path: String, in build: Build) throws {
        let url = URL(fileURLWithPath: "\(build.output)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url, options: .atomic)
    }

    /// Makes `InRelease` and `Release.gpg`, which apt verifies: apt-secure(8).
    ///
    /// - Parameter key: a file with an OpenPGP private key without a passphrase, as `gpg --export-secret-keys` writes it.
    /// - Returns: their names below the build's output folder.
    /// - Throws: when no repository was built, or gpg cannot sign with the key.
    @discardableResult
    public func sign(key: String, in build: Build) throws -> [String] {
        let release = "\(build.output)/\(Self.suite)/Release"
        guard FileManager.default.fileExists(atPath: release) else {
            throw BuildError("There is no \(release) to sign. Build it first: greengrass-image build --artifact deb.")
        }
        // A key ring of its own, which is gone afterwards.
        let home = try TemporaryFolder.make("perennial-gpg")
        defer {
            _ = try? Tool("gpgconf", "--homedir", home, "--kill", "all").run()
            try? FileManager.default.removeItem(atPath: home)
        }
        let words = ["gpg", "--homedir", home, "--batch", "--yes", "--quiet"]
        try Tool(words + ["--import", key]).run()
        let outputs = Self.signatures.map { "\(build.output)/\($0)" }
        try Tool(words + ["--clearsign", "--output", outputs[0], release]).run()
        try Tool(words + ["--armor", "--detach-sign", "--output", outputs[1], release]).run()
        return Self.signatures
    }
}
