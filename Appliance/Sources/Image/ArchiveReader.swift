import CArchive
import Foundation
import Glibc

/// Reads archives into trees.
public enum ArchiveReader {
    /// The files of a Debian package, without its maintainer scripts: deb(5).
    ///
    /// - Throws: when the file is no package, or holds what a tree cannot.
    public static func package(_ path: String) throws -> FileTree {
        let outer = try tree(FileContent.file(path).load(), name: path)
        guard let (name, entry) = outer.sorted.first(where: { $0.path.hasPrefix("data.tar") }),
            case .file(let content) = entry.kind
        else { throw BuildError("\(path) is no Debian package: there is no data.tar in it.") }
        return try tree(content.load(), name: "\(name) of \(path)")
    }

    /// The control file of a Debian package: deb-control(5).
    ///
    /// - Throws: when the file is no package.
    public static func control(_ path: String) throws -> String {
        let outer = try tree(FileContent.file(path).load(), name: path)
        guard let (name, entry) = outer.sorted.first(where: { $0.path.hasPrefix("control.tar") }),
            case .file(let content) = entry.kind,
            let control = try tree(content.load(), name: "\(name) of \(path)")["control"],
            case .file(let text) = control.kind
        else { throw BuildError("\(path) is no Debian package: there is no control file in it.") }
        return String(decoding: try text.load(), as: UTF8.self)
    }

    /// An ar(5), tar(5) or cpio(5) archive, plain or compressed by gzip, xz, zstd, bzip2 or lzma: libarchive knows others
    /// that read files of this machine (mtree) or run its programs. Owners are numbers; hard links become files of their
    /// own; a folder that comes twice has the mode of the last.
    ///
    /// - Parameter name: what messages call it.
    public static func tree(_ bytes: [UInt8], name: String) throws -> FileTree {
        try bytes.withUnsafeBytes { buffer in
            let archive = archive_read_new()
            defer { archive_read_free(archive) }
            for support in [
                archive_read_support_filter_gzip, archive_read_support_filter_xz, archive_read_support_filter_zstd,
                archive_read_support_filter_bzip2, archive_read_support_filter_lzma, archive_read_support_format_ar,
                archive_read_support_format_tar, archive_read_support_format_cpio,
            ] as [(OpaquePointer?) -> Int32] {
                // A warning is of a compression that libarchive has through another program alone.
                guard support(archive) == ARCHIVE_OK else {
                    throw BuildError("\(name) cannot be read: this machine's libarchive lacks a compression or format.")
                }
            }
            func check(_ result: Int32) throws {
                guard result >= ARCHIVE_WARN else {
                    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
                    throw BuildError("\(name) cannot be read: \(reason).")
                }
            }
            try check(archive_read_open_memory(archive, buffer.baseAddress, buffer.count))
            var tree = FileTree()
            var header: OpaquePointer?
            while true {
                let result = archive_read_next_header(archive, &header)
                if result == ARCHIVE_EOF { return tree }
                try check(result)
                try add(header, of: archive, to: &tree, name)
            }
        }
    }

    private static func add(
        _ header: OpaquePointer?, of archive: OpaquePointer?, to tree: inout FileTree, _ name: String
    ) throws {
        guard let text = archive_entry_pathname(header) else {
            throw BuildError("\(name) has an entry without a name.")
        }
        let path = String(cString: text)
        let kind: FileTree.Kind
        if let original = archive_entry_hardlink(header) {
            guard let entry = tree[try FileTree.normal(String(cString: original))] else {
                throw BuildError("\(name): \(path) is a hard link to something that does not come before it.")
            }
            return try tree.add(path, entry)
        }
        switch archive_entry_filetype(header) {
        case UInt32(Glibc.S_IFDIR): kind = .directory
        case UInt32(Glibc.S_IFLNK): kind = .link(archive_entry_symlink(header).map { String(cString: $0) } ?? "")
        case UInt32(Glibc.S_IFREG): kind = .file(.bytes(try content(of: archive, "\(name): \(path)")))
        case UInt32(Glibc.S_IFCHR):
            kind = .characterDevice(
                major: UInt32(archive_entry_rdevmajor(header)), minor: UInt32(archive_entry_rdevminor(header)))
        case UInt32(Glibc.S_IFBLK):
            kind = .blockDevice(
                major: UInt32(archive_entry_rdevmajor(header)), minor: UInt32(archive_entry_rdevminor(header)))
        default: throw BuildError("\(name): \(path) is neither file, folder, link nor device.")
        }
        try tree.add(
            path,
            FileTree.Entry(
                kind, mode: archive_entry_perm(header), owner: UInt32(archive_entry_uid(header)),
                group: UInt32(archive_entry_gid(header))))
    }

    private static func content(of archive: OpaquePointer?, _ name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = archive_read_data(archive, &piece, piece.count)
            guard count >= 0 else { throw BuildError("\(name) cannot be read: the archive is damaged.") }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }
}
