/// A tree of files as it will lie on a device: names, kinds, modes, owners and contents, and nothing of the machine that
/// builds it.
///
/// Every artifact is written from one of these and not from a folder, so that the umask, the user, the order of a
/// folder's entries and the times of its files cannot get into an artifact. Times are not part of it: all entries of an
/// artifact have one time, which its writer is given.
public struct FileTree: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case directory
        case file(FileContent)
        /// A symbolic link with the text that it holds.
        case link(String)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
    }

    public struct Entry: Equatable, Sendable {
        public var kind: Kind
        /// The permission bits with the set-ID and sticky bits: chmod(2).
        public var mode: UInt32
        public var owner: UInt32
        public var group: UInt32

        public init(_ kind: Kind, mode: UInt32, owner: UInt32 = 0, group: UInt32 = 0) {
            self.kind = kind
            self.mode = mode
            self.owner = owner
            self.group = group
        }
    }

    /// By path: no slash at either end, no empty part, no `.` and no `..`. The top is not an entry.
    private var entries: [String: Entry] = [:]

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// All entries, a folder before what is in it, in the order of their paths' bytes: the same on every machine and in
    /// every locale.
    public var sorted: [(path: String, entry: Entry)] {
        entries.map { (path: $0.key, entry: $0.value) }.sorted { Self.precedes($0.path, $1.path) }
    }

    static func precedes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    public subscript(path: String) -> Entry? { entries[path] }

    /// The bytes of all files, without what a file system adds.
    public var size: Int {
        entries.values.reduce(0) { sum, entry in
            if case .file(let content) = entry.kind { return sum + content.size }
            return sum
        }
    }

    /// Adds an entry; folders above it that are missing are made, root's, with mode 755.
    ///
    /// - Parameter path: with or without a leading slash, or `./`.
    /// - Throws: when the path leaves the tree, when something above it is no folder, or when the entry is there already
    ///   and either of the two is no folder. A folder that is there already gets the new mode and owner.
    public mutating func add(_ path: String, _ entry: Entry) throws(BuildError) {
        let path = try Self.normal(path)
        guard !path.isEmpty else { return }
        if let old = entries[path], old.kind != .directory || entry.kind != .directory {
            throw BuildError("/\(path) would be in the tree twice.")
        }
        try makeParents(of: path)
        entries[path] = entry
    }

    public mutating func addDirectory(
        _ path: String, mode: UInt32 = 0o755, owner: UInt32 = 0, group: UInt32 = 0
    ) throws(BuildError) {
        try add(path, Entry(.directory, mode: mode, owner: owner, group: group))
    }

    public mutating func addFile(_ path: String, _ content: FileContent, mode: UInt32 = 0o644) throws(BuildError) {
        try add(path, Entry(.file(content), mode: mode))
    }

    public mutating func addFile(_ path: String, text: String, mode: UInt32 = 0o644) throws(BuildError) {
        try addFile(path, .bytes(Array(text.utf8)), mode: mode)
    }

    public mutating func addLink(_ path: String, to target: String) throws(BuildError) {
        try add(path, Entry(.link(target), mode: 0o777))
    }

    /// Puts another tree into this one, below a folder.
    ///
    /// - Parameter replacing: whether a file of the other tree takes the place of one that is there.
    public mutating func add(
        _ other: FileTree, at folder: String = "", replacing: Bool = false
    ) throws(BuildError) {
        for (path, entry) in other.sorted {
            let place = folder.isEmpty ? path : folder + "/" + path
            if replacing, let old = entries[try Self.normal(place)], old.kind != .directory { try remove(place) }
            try add(place, entry)
        }
    }

    /// Takes an entry, and what is below it, out of the tree.
    public mutating func remove(_ path: String) throws(BuildError) {
        let path = try Self.normal(path)
        guard entries[path] != nil else { throw BuildError("/\(path) is not in the tree, so it cannot be left out.") }
        entries = entries.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
    }

    /// Takes out every entry for which this is so, with what is below it.
    public mutating func remove(where isUnwanted: (String) -> Bool) {
        let unwanted = Set(entries.keys.filter(isUnwanted))
        entries = entries.filter { path, _ in
            !unwanted.contains(path) && !Self.parents(of: path).contains { unwanted.contains($0) }
        }
    }

    /// Replaces an entry that is there.
    public mutating func change(_ path: String, _ body: (inout Entry) throws -> Void) throws {
        let path = try Self.normal(path)
        guard var entry = entries[path] else {
            throw BuildError("/\(path) is not in the tree, so it cannot be changed.")
        }
        try body(&entry)
        entries[path] = entry
    }

    private mutating func makeParents(of path: String) throws(BuildError) {
        for parent in Self.parents(of: path) {
            guard let entry = entries[parent] else {
                entries[parent] = Entry(.directory, mode: 0o755)
                continue
            }
            guard entry.kind == .directory else {
                throw BuildError("/\(path) cannot be in the tree: /\(parent) is no folder.")
            }
        }
    }

    /// The folders above a path, the highest first.
    static func parents(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        return (1..<max(parts.count, 1)).map { parts[..<$0].joined(separator: "/") }
    }

    static func normal(_ path: String) throws(BuildError) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { throw BuildError("The path \(path) leaves the tree.") }
        return parts.joined(separator: "/")
    }
}
