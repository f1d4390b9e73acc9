import Foundation
import Image

/// The packages of the lock file, as files and as trees.
public struct PackageStore: Sendable {
    private let build: Build

    init(_ build: Build) { self.build = build }

    /// - Throws: when there is no such set.
    public func set(_ name: String) throws -> PackageSet {
        try PackageSet(name: name, text: build.sourceText("\(PackageSet.folder)/\(name)"))
    }

    public func lock() throws -> PackageLock { try PackageLock(build.sourceText(PackageLock.path)) }

    /// All sets, by name.
    public func sets() throws -> [PackageSet] {
        try build.sources(below: PackageSet.folder).map { try set($0) }
    }

    /// What the lock file says of a set.
    ///
    /// - Throws: when it says nothing, or the set was changed since.
    func locked(_ set: PackageSet, for architecture: String) throws -> [DebianPackage] {
        guard let packages = try lock()[set.name, architecture] else {
            throw BuildError("\(PackageLock.path) knows no set \(set.name) for \(architecture). Run `make lock`.")
        }
        let names = Set(packages.map(\.name))
        if let missing = set.packages(for: architecture).first(where: { !names.contains($0) }) {
            throw BuildError(
                "\(PackageLock.path) has no \(missing) in the set \(set.name) for \(architecture). Run `make lock`.")
        }
        guard packages.count >= set.packages(for: architecture).count + set.metapackages(for: architecture).count else {
            throw BuildError(
                "\(PackageLock.path) has fewer packages of the set \(set.name) for \(architecture) than "
                    + "\(PackageSet.folder)/\(set.name) asks for. Run `make lock`.")
        }
        return packages
    }

    /// The files of a set's packages, which are downloaded where they are not in the cache.
    ///
    /// - Returns: each package with the path of its file. Where one of the lock file's versions has left the archive and
    ///   LOCKED is not 1, they are the set's newest packages, and a notice on standard error says so.
    /// - Throws: when one cannot be had, or its version has another SHA-256 than in the lock file.
    public func files(of name: String, for architecture: String) throws -> [(package: DebianPackage, path: String)] {
        let set = try set(name)
        let wanted = try locked(set, for: architecture)
        let missing = try missing(of: wanted)
        guard !missing.isEmpty else { return wanted.map { ($0, path(of: $0)) } }
        let apt = try Apt(build)
        guard let absence = try absence(of: missing, in: apt) else { return wanted.map { ($0, path(of: $0)) } }
        guard ProcessInfo.processInfo.environment["LOCKED"] != "1" else {
            throw BuildError(
                "This machine's package archive does not have all packages of the set \(name) that \(PackageLock.path) "
                    + "names, and LOCKED=1 allows no other version. `make lock` takes the newest of all packages. \(absence)"
            )
        }
        return try newest(of: set, for: architecture, instead: wanted, apt).map { ($0, path(of: $0)) }
    }

    private func path(of package: DebianPackage) -> String { "\(build.cache)/debs/\(package.sha256).deb" }

    private func missing(of packages: [DebianPackage]) throws -> [DebianPackage] {
        try packages.filter { try !CachedFile.exists(path(of: $0), sha256: $0.sha256) }
    }

    /// Downloads packages if the archive has them.
    ///
    /// - Returns: what it does not have, as a sentence; nil when everything was downloaded.
    /// - Throws: when the archive has another file under the same version, and when it cannot be reached.
    private func absence(of packages: [DebianPackage], in apt: Apt) throws -> String? {
        let listed = try apt.listed(packages)
        var absent: [String] = []
        for package in packages {
            guard let digests = listed["\(package.name) \(package.version)"] else {
                absent.append("\(package.name) \(package.version)")
                continue
            }
            guard digests.contains(package.sha256) else {
                throw Self.otherFile(package, digests.sorted().joined(separator: ", "))
            }
        }
        guard absent.isEmpty else { return "Its lists lack \(absent.joined(separator: ", "))." }
        do { try fetch(packages, with: apt) } catch let error as BuildError where Apt.isAbsence(error) {
            // Lists can name a revision that the mirror has not yet, or no longer.
            return "apt said: \(error)"
        }
        return nil
    }

    private static func otherFile(_ package: DebianPackage, _ found: String) -> BuildError {
        BuildError(
            "\(package.name) \(package.version) (\(package.architecture)) has the SHA-256 \(found) in this machine's "
                + "package archive, and \(PackageLock.path) states \(package.sha256). A version's file never changes: find "
                + "out which of them is Debian's before you run `make lock`.")
    }

    /// The newest packages of a set, downloaded, in place of the lock file's.
    private func newest(
        of set: PackageSet, for architecture: String, instead wanted: [DebianPackage], _ apt: Apt
    ) throws -> [DebianPackage] {
        let newest = try apt.resolve(set, for: architecture)
        for package in newest {
            guard let pinned = wanted.first(where: { $0.name == package.name && $0.version == package.version }),
                pinned.sha256 != package.sha256
            else { continue }
            throw Self.otherFile(pinned, package.sha256)
        }
        try fetch(missing(of: newest), with: apt)
        let changes = newest.filter { !wanted.contains($0) }.map { "\($0.name) \($0.version)" }
        let notice =
            "notice: some packages of the set \(set.name) (\(architecture)) of \(PackageLock.path) are no longer in the "
            + "archive. Used instead: \(changes.joined(separator: ", ")). Run `make lock`.\n"
        FileHandle.standardError.write(Data(notice.utf8))
        return newest
    }

    private func fetch(_ packages: [DebianPackage], with apt: Apt) throws {
        guard !packages.isEmpty else { return }
        let manager = FileManager.default
        let folder = "\(build.cache)/debs/.partial-\(UUID().uuidString)"
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(atPath: folder) }
        try apt.download(packages, into: folder)
        var found: [String: String] = [:]
        for name in try manager.contentsOfDirectory(atPath: folder) {
            found[try SHA256.hex(file: "\(folder)/\(name)")] = "\(folder)/\(name)"
        }
        for package in packages {
            guard let file = found[package.sha256] else {
                throw BuildError(
                    "\(package.name) \(package.version) (\(package.architecture)) does not have the SHA-256 that "
                        + "\(PackageLock.path) states, \(package.sha256).")
            }
            guard rename(file, path(of: package)) == 0 || manager.fileExists(atPath: path(of: package)) else {
                throw BuildError("\(path(of: package)) cannot be written.")
            }
        }
    }

    /// All files of a set's packages in one tree, as an unpacked Debian system has them: `/bin`, `/lib` and so on are links
    /// into `/usr`. No maintainer script has run.
    public func tree(of name: String, for architecture: String) throws -> FileTree {
        var tree = FileTree()
        for (_, path) in try files(of: name, for: architecture) {
            for (path, entry) in try ArchiveReader.package(path).sorted { try tree.add(Self.merged(path), entry) }
        }
        for folder in Self.intoUsr where tree["usr/" + folder] != nil { try tree.addLink(folder, to: "usr/" + folder) }
        return tree
    }

    private static let intoUsr = ["bin", "lib", "lib32", "lib64", "libx32", "sbin"]

    /// Where a file lies on a system with a merged `/usr`.
    private static func merged(_ path: String) -> String {
        intoUsr.contains(String(path.split(separator: "/")[0])) ? "usr/" + path : path
    }

    /// Writes the lock file anew, from the newest packages of the archive.
    ///
    /// - Returns: how many packages it names.
    public func renewLock() throws -> Int {
        let apt = try Apt(build)
        var lock = PackageLock()
        for set in try sets() {
            for architecture in set.architectures {
                lock[set.name, architecture] = try apt.resolve(set, for: architecture)
            }
        }
        let path = build.repository + "/" + PackageLock.path
        try Data(lock.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        return lock.packages.values.reduce(0) { $0 + $1.count }
    }
}

extension Build {
    /// The Debian packages that artifacts are made from.
    public var packages: PackageStore { PackageStore(self) }
}
