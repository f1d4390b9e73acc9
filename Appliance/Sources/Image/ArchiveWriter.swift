import CArchive
import Foundation
import Glibc

/// Writes trees as archives that come out the same from the same tree: sorted, owners as numbers, one time.
public struct ArchiveWriter {
    public enum Format: Sendable {
        /// GNU tar, which dpkg, opkg, BusyBox and container engines read.
        case tar
        /// What the kernel unpacks at boot: Documentation/driver-api/early-userspace/buffer-format.rst.
        case cpio
        /// ar(5), the outside of a `.deb`: files of one folder alone.
        case ar
    }

    public enum Compression: Sendable {
        case none
        /// gzip without name and time, at level 9 (RFC 1952).
        case gzip
        case xz
    }

    public var format: Format
    public var compression: Compression
    /// The time of every entry, in seconds since 1970.
    public var time: Int
    /// What every name starts with: `./` in the packages of dpkg and opkg, which then have an entry for `./` itself.
    public var prefix = ""

    public init(_ format: Format, _ compression: Compression = .none, time: Int) {
        self.format = format
        self.compression = compression
        self.time = time
    }

    /// Writes a tree as a file of this machine, under another name until it is whole.
    ///
    /// - Returns: the file's SHA-256.
    @discardableResult
    public func write(_ tree: FileTree, to path: String) throws -> String {
        let partial = path + ".partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil),
            let file = FileHandle(forWritingAtPath: partial)
        else { throw BuildError("\(partial) cannot be written.") }
        let digest = SHA256()
        try write(tree) { piece in
            digest.update(piece)
            try file.write(contentsOf: piece)
        }
        try file.close()
        guard rename(partial, path) == 0 else { throw BuildError("\(path) cannot be written.") }
        return digest.finish()
    }

    /// A tree as an archive in memory.
    public func bytes(_ tree: FileTree) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try write(tree) { bytes += $0 }
        return bytes
    }

    /// Writes a tree as an archive whose pieces are given away in order.
    public func write(_ tree: FileTree, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        var entries = tree.sorted.map { (path: prefix + $0.path, entry: $0.entry) }
        if !prefix.isEmpty, format == .tar {
            entries.insert((path: prefix, entry: FileTree.Entry(.directory, mode: 0o755)), at: 0)
        }
        try write(entries, sink)
    }

    /// Writes entries under these names in this order, for formats that want one that is not the names': deb(5), and the
    /// packages of opkg.
    public func write(
        _ entries: [(path: String, entry: FileTree.Entry)], _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try withoutActuallyEscaping(sink) { sink in
            let target = Target(sink)
            let archive = archive_write_new()
            defer { archive_write_free(archive) }
            try check(setUp(archive), archive)
            let opened = archive_write_open(
                archive, Unmanaged.passUnretained(target).toOpaque(), nil, Target.write, nil)
            try check(opened, archive, target)
            for (path, entry) in entries { try add(path, entry, to: archive, target) }
            try check(archive_write_close(archive), archive, target)
        }
    }

    private func setUp(_ archive: OpaquePointer?) -> Int32 {
        // Blocks of another size would pad the end of a tar differently; the last one is not padded further.
        var results = [
            archive_write_set_bytes_per_block(archive, 10_240), archive_write_set_bytes_in_last_block(archive, 1),
        ]
        switch format {
        case .tar: results.append(archive_write_set_format_gnutar(archive))
        case .cpio: results.append(archive_write_set_format_cpio_newc(archive))
        case .ar: results.append(archive_write_set_format_ar_bsd(archive))
        }
        switch compression {
        case .none: break
        case .gzip:
            results.append(archive_write_add_filter_gzip(archive))
            results.append(archive_write_set_filter_option(archive, "gzip", "compression-level", "9"))
            results.append(archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
        case .xz:
            results.append(archive_write_add_filter_xz(archive))
            results.append(archive_write_set_filter_option(archive, "xz", "compression-level", "9"))
            results.append(archive_write_set_filter_option(archive, "xz", "threads", "1"))
        }
        return results.min() ?? ARCHIVE_OK
    }

    private func add(_ path: String, _ entry: FileTree.Entry, to archive: OpaquePointer?, _ target: Target) throws {
        let header = archive_entry_new()
        defer { archive_entry_free(header) }
        archive_entry_copy_pathname(header, path)
        archive_entry_set_mtime(header, time, 0)
        archive_entry_set_uid(header, Int64(entry.owner))
        archive_entry_set_gid(header, Int64(entry.group))
        archive_entry_set_perm(header, entry.mode)
        archive_entry_set_nlink(header, 1)
        archive_entry_set_size(header, 0)
        switch entry.kind {
        case .directory: archive_entry_set_filetype(header, UInt32(Glibc.S_IFDIR))
        case .file(let content):
            archive_entry_set_filetype(header, UInt32(Glibc.S_IFREG))
            archive_entry_set_size(header, Int64(content.size))
        case .link(let text):
            archive_entry_set_filetype(header, UInt32(Glibc.S_IFLNK))
            archive_entry_copy_symlink(header, text)
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            let isBlock = if case .blockDevice = entry.kind { true } else { false }
            archive_entry_set_filetype(header, UInt32(isBlock ? Glibc.S_IFBLK : Glibc.S_IFCHR))
            archive_entry_set_rdevmajor(header, dev_t(major))
            archive_entry_set_rdevminor(header, dev_t(minor))
        }
        try check(archive_write_header(archive, header), archive, target)
        guard case .file(let content) = entry.kind else { return }
        try content.read { piece in
            let written = archive_write_data(archive, piece.baseAddress, piece.count)
            try check(written == piece.count ? ARCHIVE_OK : ARCHIVE_FATAL, archive, target)
        }
    }

    private func check(_ result: Int32, _ archive: OpaquePointer?, _ target: Target? = nil) throws {
        guard result != ARCHIVE_OK else { return }
        if let failure = target?.failure { throw failure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
        throw BuildError("An archive could not be written: \(reason).")
    }

    /// Where the bytes go; an error of the receiver is kept, because it cannot pass through C.
    private final class Target {
        let sink: (UnsafeRawBufferPointer) throws -> Void
        var failure: (any Error)?

        init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) { self.sink = sink }

        static let write: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Int = {
            _, data, buffer, count in
            guard let data else { return -1 }
            let target = Unmanaged<Target>.fromOpaque(data).takeUnretainedValue()
            do {
                try target.sink(UnsafeRawBufferPointer(start: buffer, count: count))
                return count
            } catch {
                target.failure = error
                return -1
            }
        }
    }
}
