import Artifacts
import Foundation
import Image

/// A root file system of Debian with apt, as an archive in the cache: what a user's board has before anything of ours.
struct DebianRoot {
    static let release = "bookworm"
    let packages: [String]

    /// With what the documentation asks for and nothing else.
    static let plain = DebianRoot(packages: ["adduser", "procps", "python3"])

    /// The archive's path; it is made with mmdebstrap when it is not there.
    func archive(for architecture: Architecture, in build: Build) throws -> String {
        let key = SHA256.hex(Array((packages.joined(separator: ",") + Self.release).utf8)).prefix(16)
        let folder = build.cache + "/roots"
        let path = "\(folder)/\(Self.release)-\(architecture.debian)-\(key).tar"
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let partial = "\(path).\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: partial) }
        let sources = partial + ".sources"
        try Self.sources(in: build).write(toFile: sources, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: sources) }
        // Its packages' scripts run while they are installed.
        try Emulation.prepare(for: architecture)
        let (code, output) = try result(of: [
            "mmdebstrap", "--quiet", "--mode=root", "--format=tar", "--variant=apt",
            "--architectures=" + architecture.debian, "--include=" + packages.joined(separator: ","), Self.release,
            partial, sources,
        ])
        guard code == 0 else {
            throw BuildError("mmdebstrap could not make a root file system for \(architecture.debian):\n\(output)")
        }
        guard rename(partial, path) == 0 else { throw BuildError("\(path) cannot be written.") }
        return path
    }

    /// The machine's own sources of the release, without updates: their lists come and go.
    private static func sources(in build: Build) throws -> String {
        let stanzas = try build.script("scripts/sdk/apt-sources", release).components(separatedBy: "\n\n")
        let whole = stanzas.compactMap { stanza -> String? in
            var lines = stanza.split(separator: "\n").map(String.init)
            guard let index = lines.firstIndex(where: { $0.hasPrefix("Suites:") }),
                lines[index].split(separator: " ").contains(Substring(release))
            else { return nil }
            lines[index] = "Suites: " + release
            return lines.map { $0.hasPrefix("Types:") ? "Types: deb" : $0 }.joined(separator: "\n")
        }
        guard !whole.isEmpty else { throw BuildError("This machine's apt has no source of Debian \(release).") }
        return whole.joined(separator: "\n\n") + "\n"
    }
}
