import Bytes
import CArchive
import Linux

extension PackageReader {
    /// Reads the entries of a `.zip`.
    func readArchive(_ file: consuming FileDescriptor) throws(PackageError) {
        guard let archive = archive_read_new() else { throw .unusable("there is not enough memory to read it") }
        defer { archive_read_free(archive) }
        guard archive_read_support_format_zip(archive) == ARCHIVE_OK,
            archive_read_open_fd(archive, file.raw, PackageReader.chunkBytes) == ARCHIVE_OK
        else { throw .unusable("it cannot be opened (\(reason(archive)))") }
        while true {
            var entry: OpaquePointer?
            let result = archive_read_next_header(archive, &entry)
            if result == ARCHIVE_EOF { break }
            // A warning is about a name that the locale cannot hold; we take the bytes as they are.
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else {
                throw .unusable("it is not a readable .zip (\(reason(archive)))")
            }
            try readEntry(archive, entry)
        }
        if archive_file_count(archive) == 0 { throw .unusable("there is nothing in it") }
    }

    private func readEntry(_ archive: OpaquePointer, _ entry: OpaquePointer) throws(PackageError) {
        guard let name = bytes(archive_entry_pathname(entry)) ?? bytes(archive_entry_pathname_utf8(entry)) else {
            return try complain([], "is an entry whose name cannot be read")
        }
        if archive_entry_is_encrypted(entry) != 0 { throw .unusable("it is encrypted; pack it without a password") }
        if archive_entry_hardlink(entry) != nil { return try complain(name, "is a hard link") }
        switch UInt32(archive_entry_filetype(entry)) {
        case PackageReader.directoryType:
            guard let admitted = try admit(name, .directory) else { return }
            try visitor.directory(admitted)
        case PackageReader.linkType:
            let target = bytes(archive_entry_symlink(entry)) ?? []
            guard let admitted = try admit(name, .link, target: target) else { return }
            try visitor.link(admitted, target: target)
        case PackageReader.fileType:
            guard let admitted = try admit(name, .file) else { return }
            try visitor.beginFile(admitted, isExecutable: archive_entry_perm(entry) & 0o111 != 0)
            try readContent(archive, name)
            try visitor.endFile()
        default:
            try complain(name, "is neither a file nor a directory nor a link")
        }
    }

    private func readContent(_ archive: OpaquePointer, _ name: [UInt8]) throws(PackageError) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: PackageReader.chunkBytes, alignment: 16)
        defer { room.deallocate() }
        while true {
            let count = Int(archive_read_data(archive, room.baseAddress, room.count))
            if count == 0 { return }
            guard count > 0 else {
                throw .unusable("the entry \"\(name.text)\" cannot be unpacked (\(reason(archive)))")
            }
            try show(UnsafeRawBufferPointer(rebasing: room[0..<count]))
        }
    }

    private func reason(_ archive: OpaquePointer) -> String {
        guard let text = archive_error_string(archive) else { return "unknown error" }
        return String(cString: text)
    }

    private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
        guard let text else { return nil }
        var bytes: [UInt8] = []
        var index = 0
        while text[index] != 0 {
            bytes.append(UInt8(bitPattern: text[index]))
            index += 1
        }
        return bytes
    }

    // archive_entry.h's AE_IFREG, AE_IFDIR and AE_IFLNK, whose casts Swift does not import.
    private static let fileType: UInt32 = 0o100000
    private static let directoryType: UInt32 = 0o040000
    private static let linkType: UInt32 = 0o120000
}
