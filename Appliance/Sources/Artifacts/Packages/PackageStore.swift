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
    public func locked(_ set: PackageSet, for architecture: String) throws -> [DebianPackage] {
        guard let packages = try lock()[set.name, architecture] else {
            throw BuildError("\(PackageLock.path) knows no set \(set.name) for \(architecture). Run `make lock`.")
        }
        let names = Set(packages.map(\.name))
        if let missing = set.packages(for: architecture).first(where: { !names.contains($0) }) {
            throw BuildError(
                "\(PackageLock.path) has no \(missing) in the set \(set.name) for \(architecture). Run `make lock`.")
        }
        return packages
    }

    /// The files of a set's packages, which are downloaded where they are not in the cache.
    ///
    /// - Returns: each package with the path of its file. Where a version has left the archive and LOCKED is not 1, it is
    ///   the newest one, and a notice on standard error says so.
    /// - Throws: when one cannot be had, or has not the SHA-256 of the lock file.
    public func files(of name: String, for architecture: String) throws -> [(package: DebianPackage, path: String)] {
        let wanted = try locked(set(name), for: architecture)
        let missing = wanted.filter { !FileManager.default.fileExists(atPath: path(of: $0)) }
        guard !missing.isEmpty else { return wanted.map { ($0, path(of: $0)) } }
        let apt = try Apt(build)
        do { try fetch(missing, with: apt) } catch {
            // One of them has left the archive, or the network is down: one by one tells which.
            return try wanted.map { try single($0, apt) }
        }
        return wanted.map { ($0, path(of: $0)) }
    }

    private func path(of package: DebianPackage) -> String { "\(build.cache)/debs/\(package.sha256).deb" }

    private func single(_ package: DebianPackage, _ apt: Apt) throws -> (package: DebianPackage, path: String) {
        if FileManager.default.fileExists(atPath: path(of: package)) { return (package, path(of: package)) }
        do {
            try fetch([package], with: apt)
            return (package, path(of: package))
        } catch {
            let what = "\(package.name) \(package.version) (\(package.architecture))"
            guard ProcessInfo.processInfo.environment["LOCKED"] != "1" else {
                throw BuildError(
                    "\(what), which \(PackageLock.path) names, cannot be had from this machine's package archive, and LOCKED=1 "
                        + "allows no other version. `make lock` takes the newest of all packages. apt said: \(error)")
            }
            let set = try PackageSet(name: "one", text: package.name)
            guard let newest = try apt.resolve(set, for: package.architecture).first, newest != package else {
                throw error
            }
            try fetch([newest], with: apt)
            let notice =
                "notice: \(what) of \(PackageLock.path) is no longer in the archive; \(newest.version) is used instead. "
                + "Run `make lock`.\n"
            FileHandle.standardError.write(Data(notice.utf8))
            return (newest, path(of: newest))
        }
    }

    private func fetch(_ packages: [DebianPackage], with apt: Apt) throws {
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
