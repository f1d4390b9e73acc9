import Foundation

/// Which files of the output folder are artifacts of one version: what an earlier version, tests or people left there is not.
struct ReleaseFiles {
    private let version: String

    init(version: String) { self.version = version }

    /// - Parameter names: of all files, below the output folder.
    /// - Returns: the artifacts among them, in the order of their bytes: no static programs, which are parts, and not what is
    ///   signed apart, not whole, or hidden.
    func among(_ names: [String]) -> [String] {
        let all = Set(names)
        return names.filter { isArtifact($0, among: all) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private func isArtifact(_ name: String, among all: Set<String>) -> Bool {
        let parts = name.split(separator: "/").map(String.init)
        guard let file = parts.last, !name.hasSuffix(".partial"), !parts.contains(where: { $0.hasPrefix(".") }) else {
            return false
        }
        if parts.count == 1 { return file == BuildTools.fileName || isArchive(file) }
        switch parts[0] {
        case DebianRepository.folder: return isOfRepository(name, file, parts, all)
        case OpenWrtArchitecture.folder: return parts.count == 3 && isOfFeed(file, of: parts[1], all)
        default: return false
        }
    }

    /// What follows the version in the name of an archive or image.
    private static let suffixes = [
        ".ext4", ".img", ".oci.tar", ".squashfs", ".tar", ".tar.gz", ".tar.xz", "-absent.txt", "-src.tar.gz",
    ]

    /// `greengrass-WHAT-VERSION` and one of the suffixes; of version 0.1.0 no `-0.1.0.1.tar.gz`.
    private func isArchive(_ name: String) -> Bool {
        guard name.hasPrefix("greengrass-"), let range = name.range(of: "-" + version) else { return false }
        return Self.suffixes.contains(String(name[range.upperBound...]))
    }

    /// The packages, and the indices that name them.
    private func isOfRepository(_ name: String, _ file: String, _ parts: [String], _ all: Set<String>) -> Bool {
        func isPackage(_ name: String) -> Bool {
            name.hasPrefix("\(DebianRepository.folder)/pool/") && name.hasSuffix(".deb")
                && name.split(separator: "/").last?.hasPrefix("\(DebianPackageFile.package)_\(version)-") == true
        }
        switch file {
        case "Packages", "Packages.gz":
            guard let architecture = parts.dropLast().last?.split(separator: "-").last else { return false }
            return all.contains { isPackage($0) && $0.hasSuffix("_\(architecture).deb") }
        case "Release": return all.contains(where: isPackage)
        default: return isPackage(name)
        }
    }

    private func isOfFeed(_ file: String, of architecture: String, _ all: Set<String>) -> Bool {
        let package = OpenWrtTree.packageName
        func isOpkg(_ name: String) -> Bool { name.hasPrefix("\(package)_\(version)-r") && name.hasSuffix(".ipk") }
        func isApk(_ name: String) -> Bool { name.hasPrefix("\(package)-\(version)-r") && name.hasSuffix(".apk") }
        func has(_ isPackage: (String) -> Bool) -> Bool {
            let folder = "\(OpenWrtArchitecture.folder)/\(architecture)/"
            return all.contains { $0.hasPrefix(folder) && isPackage(String($0.dropFirst(folder.count))) }
        }
        switch file {
        case "Packages", "Packages.gz": return has(isOpkg)
        case "packages.adb": return has(isApk)
        default: return isOpkg(file) || isApk(file)
        }
    }
}
