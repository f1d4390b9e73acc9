import Foundation

/// Writes trees as squashfs, the read-only file system of routers and boards, with sqfstar of squashfs-tools: the tree goes
/// there as an archive, so no folder of this machine is looked at.
public struct SquashFileSystem {
    /// In seconds since 1970: of the file system and of every entry.
    public var time: Int
    /// In bytes, a power of two from 4 KiB to 1 MiB; larger compresses better and needs more memory to read.
    public var blockSize = 256 << 10

    public init(time: Int) { self.time = time }

    /// - Returns: the file system's size in bytes.
    @discardableResult
    public func write(_ tree: FileTree, to path: String) throws -> Int {
        let partial = path + ".partial"
        try? FileManager.default.removeItem(atPath: partial)
        let archive = try ArchiveWriter(.tar, time: time).bytes(tree)
        // One processor: the order in which blocks are ready must not be that in which they are written.
        try Tool(
            "sqfstar", "-comp", "xz", "-b", String(blockSize), "-no-xattrs", "-processors", "1", "-mkfs-time",
            String(time), "-all-time", String(time), "-root-time", String(time), "-root-mode", "0755", "-root-uid", "0",
            "-root-gid", "0", "-quiet", "-no-progress", "-exit-on-error", partial
        ).run(input: archive)
        guard rename(partial, path) == 0 else { throw BuildError("\(path) cannot be written.") }
        return try FileContent.file(path).size
    }
}
