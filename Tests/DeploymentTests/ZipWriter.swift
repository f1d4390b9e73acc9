import CArchive

/// Writes .zip files, hostile ones too, entry by entry.
struct ZipWriter {
    enum Kind: UInt32 {
        case file = 0o100000
        case directory = 0o040000
        case link = 0o120000
    }

    struct Entry {
        var path: String
        var kind = Kind.file
        var content: [UInt8] = []
        var target = ""
        var mode: UInt16 = 0o644

        static func file(_ path: String, _ content: String, mode: UInt16 = 0o644) -> Entry {
            Entry(path: path, content: Array(content.utf8), mode: mode)
        }

        static func link(_ path: String, to target: String) -> Entry {
            Entry(path: path, kind: .link, target: target)
        }
    }

    static func write(_ entries: [Entry], to path: String, password: String? = nil) {
        let archive = archive_write_new()
        archive_write_set_format_zip(archive)
        if let password {
            archive_write_set_options(archive, "zip:encryption=zipcrypt")
            archive_write_set_passphrase(archive, password)
        }
        archive_write_open_filename(archive, path)
        for item in entries {
            let entry = archive_entry_new()
            archive_entry_set_pathname(entry, item.path)
            archive_entry_set_filetype(entry, item.kind.rawValue)
            archive_entry_set_perm(entry, mode_t(item.mode))
            if item.kind == .link { archive_entry_set_symlink(entry, item.target) }
            archive_entry_set_size(entry, la_int64_t(item.content.count))
            archive_write_header(archive, entry)
            if !item.content.isEmpty { archive_write_data(archive, item.content, item.content.count) }
            archive_entry_free(entry)
        }
        archive_write_close(archive)
        archive_write_free(archive)
    }
}
