import Foundation

/// Writes a tree as a squashfs, through squashfs-tools. All of it has to belong to root: without `-all-root` the tool puts
/// the number of the user who builds among the file system's owners, even where nothing in it is theirs.
public struct Squashfs {
    /// The time of every entry and of the file system, in seconds since 1970.
    public var time: Int

    public init(time: Int) { self.time = time }

    /// - Returns: the file system's size in bytes.
    /// - Throws: when an entry has another owner than root, and when `mksquashfs` is missing or fails.
    @discardableResult
    public func write(_ tree: FileTree, to path: String) throws -> Int {
        if let other = tree.sorted.first(where: { $0.entry.owner != 0 || $0.entry.group != 0 }) {
            throw BuildError(
                "\(path) cannot be made: \(other.path) belongs to \(other.entry.owner):\(other.entry.group), and all of a "
                    + "squashfs has to be root's.")
        }
        let partial = path + ".partial"
        try? FileManager.default.removeItem(atPath: partial)
        let archive = try ArchiveWriter(.tar, time: time).bytes(tree)
        // One processor: which block ends in which fragment must not depend on who is faster. The top is no entry of the
        // archive, so the tool is told what it is.
        try Tool(
            [
                "mksquashfs", "-", partial, "-tar", "-noappend", "-quiet", "-no-progress", "-processors", "1",
                "-no-xattrs",
                "-root-mode", "0755", "-all-root", "-mkfs-time", String(time),
                // The top's time too, for which -root-time does nothing where the tree comes as an archive.
                "-all-time", String(time),
                // OpenWrt's, for flash: larger blocks get smaller and take more memory to read.
                "-comp", "xz", "-b", "262144",
            ]
        ).run(input: archive)
        guard rename(partial, path) == 0 else { throw BuildError("\(path) cannot be written.") }
        return try FileContent.file(path).size
    }
}
