import Foundation
import Image

/// Debian's archive, through the machine's own apt configuration: mirrors, proxies and keys are the machine's, lists and
/// state are the builder's (scripts/sdk/apt-state).
public struct Apt: Sendable {
    private let build: Build
    private let configuration: String

    /// Reads the package lists if they are not of the last half hour.
    public init(_ build: Build) throws {
        self.build = build
        configuration = try build.script("scripts/sdk/apt-state", "--update")
    }

    func tool(_ words: [String]) -> Tool {
        Tool(words).keeping("http_proxy", "https_proxy", "HOME").with(["APT_CONFIG": configuration])
    }

    /// The newest packages of a set, with what they depend on if the set says so.
    public func resolve(_ set: PackageSet, for architecture: String) throws -> [DebianPackage] {
        var names = set.packages(for: architecture)
        if set.withDependencies {
            let said = try tool(
                [
                    "apt-get", "-s", "-y", "-o", "APT::Architecture=\(architecture)", "-o", "Debug::NoLocking=1", "-o",
                    "APT::Install-Recommends=false", "install",
                ] + names
            ).text()
            names = said.split(separator: "\n").filter { $0.hasPrefix("Inst ") }.map { line in
                String(line.split(separator: " ")[1].split(separator: ":")[0])
            }
        }
        return try describe(names, architecture)
    }

    /// What the lists say of the newest versions of packages, in the order of their names.
    private func describe(_ names: [String], _ architecture: String) throws -> [DebianPackage] {
        let options = ["-o", "APT::Architecture=\(architecture)", "--no-all-versions"]
        let text = try tool(["apt-cache", "show"] + options + names).text()
        var found: [String: DebianPackage] = [:]
        for stanza in text.components(separatedBy: "\n\n") {
            let package = try describe(stanza: stanza, architecture)
            found[package.name] = package
        }
        return try Set(names).sorted().map { name in
            guard let package = found[name] else {
                throw BuildError("The package lists have no \(name) for \(architecture).")
            }
            return package
        }
    }

    private func describe(stanza: String, _ architecture: String) throws -> DebianPackage {
        var fields: [String: String] = [:]
        for line in stanza.split(separator: "\n") where !line.hasPrefix(" ") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        guard let name = fields["Package"], let version = fields["Version"], let sha256 = fields["SHA256"] else {
            throw BuildError("The package lists do not tell version and SHA-256 of a package:\n\(stanza)")
        }
        // "gcc-12 (12.2.0-14)" where the source's version is another one.
        let parts = (fields["Source"] ?? name).split(separator: " ")
        let sourceVersion = parts.count > 1 ? String(parts[1].dropFirst().dropLast()) : version
        return DebianPackage(
            name: name, architecture: architecture, version: version, sha256: sha256, source: String(parts[0]),
            sourceVersion: sourceVersion)
    }

    /// Brings packages' files into a folder, under names of apt's choice.
    ///
    /// - Throws: when one of them is not to be had.
    public func download(_ packages: [DebianPackage], into folder: String) throws {
        let script = "cd \"$0\" && exec apt-get -qq -o Acquire::Retries=3 \"$@\""
        for (architecture, packages) in Dictionary(grouping: packages, by: \.architecture) {
            let names = packages.map { "\($0.name)=\($0.version)" }
            try tool(["sh", "-c", script, folder, "-o", "APT::Architecture=\(architecture)", "download"] + names).run()
        }
    }
}
