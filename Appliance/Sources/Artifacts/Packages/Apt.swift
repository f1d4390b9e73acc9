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
    ///
    /// - Throws: when the archive lacks one of them.
    public func resolve(_ set: PackageSet, for architecture: String) throws -> [DebianPackage] {
        do { return try resolved(set, for: architecture) } catch let error as BuildError {
            throw BuildError(
                "The packages of \(PackageSet.folder)/\(set.name) for \(architecture) cannot be found. If the archive no "
                    + "longer has one of these names, change it in that file and run `make lock`. \(error)")
        }
    }

    private func resolved(_ set: PackageSet, for architecture: String) throws -> [DebianPackage] {
        var names = set.packages(for: architecture)
        names += try set.metapackages(for: architecture).map { try packageBehind($0, architecture) }
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

    /// The first package that the newest version of a metapackage depends on: `linux-image-armmp` depends on the kernel of
    /// this month.
    private func packageBehind(_ metapackage: String, _ architecture: String) throws -> String {
        let options = ["-o", "APT::Architecture=\(architecture)", "--no-all-versions"]
        let text = try tool(["apt-cache", "show"] + options + [metapackage]).text()
        guard let first = Self.fields(of: text)["Depends"]?.split(whereSeparator: { " ,|(:".contains($0) }).first else {
            throw BuildError("\(metapackage) depends on nothing: it is no metapackage.")
        }
        return String(first)
    }

    /// The SHA-256 of what the lists have under the names and versions of packages, by `name version`: more than one where
    /// mirrors differ, none where the version has left the archive.
    func listed(_ packages: [DebianPackage]) throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for (architecture, packages) in Dictionary(grouping: packages, by: \.architecture) {
            let words = ["apt-cache", "show", "-o", "APT::Architecture=\(architecture)", "--all-versions"]
            let text: String
            do { text = try tool(words + packages.map(\.name)).text() } catch let error as BuildError
                where error.description.contains("No packages found")
            { continue }
            for stanza in text.components(separatedBy: "\n\n") {
                let fields = Self.fields(of: stanza)
                guard let name = fields["Package"], let version = fields["Version"], let sha256 = fields["SHA256"],
                    let built = fields["Architecture"], [architecture, "all"].contains(built)
                else { continue }
                found["\(name) \(version)", default: []].insert(sha256)
            }
        }
        return found
    }

    /// Whether apt failed because the archive, which it reached, has no such file.
    static func isAbsence(_ error: BuildError) -> Bool {
        ["404  Not Found", "File not found"].contains { error.description.contains($0) }
    }

    private static func fields(of stanza: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in stanza.split(separator: "\n") where !line.hasPrefix(" ") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return fields
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
        let fields = Self.fields(of: stanza)
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
