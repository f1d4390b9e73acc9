import Bytes

/// Decides which entries of a package are taken. One guard sees all entries of one package, in their order.
///
/// Links are taken where they stay inside. The rule is one that can be checked entry by entry: no entry lies below a link,
/// so a link's directory is where its path says; and a target goes up only at its beginning, so that its `..` count is
/// exact whatever the links are that the rest of it passes, each of which stays inside by the same rule.
struct PackageGuard {
    private var entries = 0
    private var bytes: Int64 = 0
    private var directories: Set<[UInt8]> = []
    private var links: Set<[UInt8]> = []
    private var files: Set<[UInt8]> = []

    enum Kind {
        case file, directory, link
    }

    /// - Throws: why the entry may not be unpacked.
    mutating func admit(_ path: PackagePath, _ kind: Kind) throws(PackageComplaint) {
        entries += 1
        var prefix: [UInt8] = []
        for part in path.parts.dropLast() {
            if !prefix.isEmpty { prefix.append(UInt8(ascii: "/")) }
            prefix.append(contentsOf: part)
            if links.contains(prefix) { throw PackageComplaint("lies below a link") }
            if files.contains(prefix) { throw PackageComplaint("lies below a file") }
            directories.insert(prefix)
        }
        let whole = [UInt8](path.text.utf8)
        if links.contains(whole) || files.contains(whole) || kind != .directory && directories.contains(whole) {
            throw PackageComplaint("is in the package more than once")
        }
        switch kind {
        case .file: files.insert(whole)
        case .directory: directories.insert(whole)
        case .link: links.insert(whole)
        }
    }

    /// Whether there are more entries than are taken.
    var hasTooManyEntries: Bool { entries > PackageLimits.entries }

    /// Counts bytes of content; false when they are too many.
    mutating func count(_ more: Int) -> Bool {
        bytes += Int64(more)
        return bytes <= PackageLimits.bytes
    }

    /// - Throws: why the link may not be made.
    static func check(link path: PackagePath, target: [UInt8]) throws(PackageComplaint) {
        let shown = "is a link to \"\(target.text)\", which "
        if target.isEmpty || target.count > PackageLimits.pathBytes {
            throw PackageComplaint("is a link without a target")
        }
        if target[0] == UInt8(ascii: "/") { throw PackageComplaint(shown + "leads out of the package") }
        var up = 0
        var isBeyondStart = false
        for part in target.split(separator: UInt8(ascii: "/")) {
            if part.count == 2, part.first == UInt8(ascii: "."), part.last == UInt8(ascii: ".") {
                if isBeyondStart {
                    throw PackageComplaint(shown + "goes up after it went down; write it without the detour")
                }
                up += 1
            } else if part.count != 1 || part.first != UInt8(ascii: ".") {
                isBeyondStart = true
            }
        }
        if up > path.parts.count - 1 { throw PackageComplaint(shown + "leads out of the package") }
    }
}
