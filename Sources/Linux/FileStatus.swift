import CLinux

/// What a path leads to.
public struct FileStatus: Sendable {
    public enum Kind: Sendable {
        case file
        case directory
        case link
        case characterDevice
        case blockDevice
        case other
    }

    public let kind: Kind
    /// Bytes.
    public let size: Int64
    /// The permission bits, as for chmod(2).
    public let mode: UInt32
    public let owner: UInt32
    public let group: UInt32
    /// Identify the file on this machine: two equal pairs are one file.
    public let device: UInt64
    public let inode: UInt64
    /// Last change of the content, milliseconds since 1970.
    public let modified: Int64

    init(_ status: stat) {
        let bits = UInt32(status.st_mode)
        if clinux_is_directory(bits) != 0 {
            kind = .directory
        } else if clinux_is_regular(bits) != 0 {
            kind = .file
        } else if clinux_is_link(bits) != 0 {
            kind = .link
        } else if bits & 0o170000 == 0o020000 {
            kind = .characterDevice
        } else if bits & 0o170000 == 0o060000 {
            kind = .blockDevice
        } else {
            kind = .other
        }
        size = Int64(status.st_size)
        mode = bits & 0o7777
        owner = status.st_uid
        group = status.st_gid
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        modified = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }
}
