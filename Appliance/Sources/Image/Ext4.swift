import Foundation

/// Writes a tree as an ext4 file system, through e2fsprogs and without rights: no folder of this machine is copied and
/// nothing is mounted; `debugfs` is told each entry.
public struct Ext4 {
    /// In bytes.
    public var size: Int
    public var label: String
    /// Of the file system; also what its folders' names are hashed with.
    public var identifier: String
    /// The time of every entry and of the file system, in seconds since 1970.
    public var time: Int
    /// Of one block, in bytes: 1024 makes small file systems small.
    public var blockSize = 1024
    /// How many files it can have.
    public var files: Int
    /// Of the journal, in megabytes; none for a file system that is only read.
    public var journal: Int?
    /// Whether all that is written at first lies at the beginning, and no copy of it further behind.
    public var isPacked = false

    public init(
        size: Int, label: String, identifier: String, time: Int, files: Int, journal: Int? = nil, isPacked: Bool = false
    ) {
        self.size = size
        self.label = label
        self.identifier = identifier
        self.time = time
        self.files = files
        self.journal = journal
        self.isPacked = isPacked
    }

    /// - Throws: when a tool is missing or fails, or the tree does not fit.
    public func write(_ tree: FileTree, to path: String) throws {
        let partial = path + ".partial"
        try? FileManager.default.removeItem(atPath: partial)
        guard FileManager.default.createFile(atPath: partial, contents: nil) else {
            throw BuildError("\(partial) cannot be written.")
        }
        let environment = ["E2FSPROGS_FAKE_TIME": String(time), "SOURCE_DATE_EPOCH": String(time)]
        try Tool(makeWords(partial)).with(environment).run()
        if !tree.isEmpty { try fill(partial, with: tree, environment) }
        guard rename(partial, path) == 0 else { throw BuildError("\(path) cannot be written.") }
    }

    private func makeWords(_ path: String) -> [String] {
        var features = ["none", "extent", "filetype", "dir_index", "large_file", "huge_file", "flex_bg", "extra_isize"]
        features += ["dir_nlink", "metadata_csum"]
        var extended = ["hash_seed=\(identifier)", "lazy_itable_init=1", "root_owner=0:0", "nodiscard"]
        var words = ["mke2fs", "-q", "-F", "-t", "ext4", "-b", String(blockSize), "-I", "256", "-m", "0"]
        words += ["-N", String(files), "-L", label, "-U", identifier]
        if let journal {
            features.append("has_journal")
            words += ["-J", "size=\(journal)"]
        }
        if isPacked {
            features.append("sparse_super2")
            extended += ["packed_meta_blocks=1", "num_backup_sb=0"]
        } else {
            features.append("sparse_super")
        }
        words += ["-O", features.joined(separator: ","), "-E", extended.joined(separator: ",")]
        return words + [path, String(size / 1024) + "k"]
    }

    private func fill(_ path: String, with tree: FileTree, _ environment: [String: String]) throws {
        let folder = NSTemporaryDirectory() + "/perennial-ext4-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var script: [String] = []
        for (index, item) in tree.sorted.enumerated() {
            script += try commands(item.path, item.entry) { content in
                let file = "\(folder)/\(index)"
                try Data(content.load()).write(to: URL(fileURLWithPath: file))
                return file
            }
        }
        // A folder's time changes with what is put into it: all of them are set when all is there.
        script += tree.sorted.flatMap { times("/" + $0.path) } + times("/") + times("/lost+found")
        let file = folder + "/script"
        try Data((script.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let said = String(
            decoding: try Tool("sh", "-c", "exec debugfs -w -f \"$1\" \"$2\" 2>&1", "sh", file, path)
                .with(environment).run(), as: UTF8.self)
        // It ends with success whatever happened; what it says besides its commands is an error.
        let errors = said.split(separator: "\n").filter { line in
            !line.hasPrefix("debugfs:") && !line.hasPrefix("debugfs ") && !line.hasPrefix("Allocated inode")
        }
        guard errors.isEmpty else {
            throw BuildError("debugfs could not fill \(path):\n\(errors.prefix(12).joined(separator: "\n"))")
        }
    }

    /// What makes one entry; `stage` gives a file's content a place on this machine.
    private func commands(
        _ path: String, _ entry: FileTree.Entry, stage: (FileContent) throws -> String
    ) throws -> [String] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let parent = "/" + (FileTree.parents(of: path).last ?? "")
        guard !path.contains(where: { "\"\n ".contains($0) }) else {
            throw BuildError("/\(path) has a name with a space, a quote or a line's end, which debugfs does not take.")
        }
        var lines = ["cd \(parent)"]
        let type: UInt32
        switch entry.kind {
        case .directory:
            type = 0o040000
            lines.append("mkdir \(name)")
        case .file(let content):
            type = 0o100000
            lines.append("write \(try stage(content)) \(name)")
        case .link(let target):
            type = 0o120000
            lines.append("symlink \(name) \(target)")
        case .characterDevice(let major, let minor):
            type = 0o020000
            lines.append("mknod \(name) c \(major) \(minor)")
        case .blockDevice(let major, let minor):
            type = 0o060000
            lines.append("mknod \(name) b \(major) \(minor)")
        }
        return lines + [
            "sif /\(path) mode 0\(String(type | entry.mode, radix: 8))", "sif /\(path) uid \(entry.owner)",
            "sif /\(path) gid \(entry.group)",
        ]
    }

    private func times(_ path: String) -> [String] {
        ["atime", "ctime", "mtime", "crtime"].flatMap { field in
            ["sif \(path) \(field) @\(time)", "sif \(path) \(field)_extra 0"]
        }
    }
}
