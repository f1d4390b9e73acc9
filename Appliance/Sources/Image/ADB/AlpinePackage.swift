import Glibc

/// A package of apk 3, as current OpenWrt installs: apk-package(5), apk-v3(5); the numbers of fields as in apk-tools.
public struct AlpinePackage: Equatable, Sendable {
    /// What apk knows a package by, and shows of it.
    public struct Information: Equatable, Sendable {
        public var name: String
        /// Such as `1.2.3-r1`.
        public var version: String
        public var architecture: String
        public var description: String
        public var license: String
        /// The source package.
        public var origin: String
        public var maintainer: String
        public var url: String

        public init(
            name: String, version: String, architecture: String, description: String, license: String, origin: String,
            maintainer: String, url: String
        ) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.description = description
            self.license = license
            self.origin = origin
            self.maintainer = maintainer
            self.url = url
        }
    }

    /// When a script runs, by the number of its field.
    public enum Script: Int, CaseIterable, Sendable {
        case trigger = 1
        case preInstall, postInstall, preDeinstall, postDeinstall, preUpgrade, postUpgrade
    }

    public var information: Information
    public var tree: FileTree
    public var scripts: [Script: String]

    public init(information: Information, tree: FileTree, scripts: [Script: String] = [:]) {
        self.information = information
        self.tree = tree
        self.scripts = scripts
    }

    public var fileName: String { "\(information.name)-\(information.version).apk" }

    enum PackageField { static let (information, paths, scripts) = (1, 2, 3) }
    enum InformationField {
        static let (name, version, hashes, description, architecture, license, origin, maintainer, url) =
            (1, 2, 3, 4, 5, 6, 7, 8, 9)
        static let (installedSize, fileSize) = (12, 13)
    }
    enum FolderField { static let (name, access, files) = (1, 2, 3) }
    enum FileField { static let (name, access, size, time, hash, target) = (1, 2, 3, 4, 5, 6) }
    enum AccessField { static let (mode, user, group) = (1, 2, 3) }

    /// How many bytes of the SHA-256 of the description make the package's unique ID.
    static let identitySize = 20

    /// The package as a file.
    ///
    /// - Parameter time: of every entry, in seconds since 1970.
    /// - Throws: when the tree holds what a package cannot: owners other than root, or devices.
    public func file(time: Int) throws -> ADBFile {
        var (folders, contents) = try folders(time: time)
        if folders.isEmpty { folders = [.null] }
        // The ID is the hash of the description with zeros in its place.
        let draft = try ADBFile(
            schema: .package, root: root(folders, identity: [UInt8](repeating: 0, count: Self.identitySize)))
        let identity = Array(SHA256.digest(draft.block).prefix(Self.identitySize))
        return try ADBFile(schema: .package, root: root(folders, identity: identity), contents: contents)
    }

    private func root(_ folders: [ADBValue], identity: [UInt8]) -> ADBValue {
        typealias Field = InformationField
        let info = information
        return .object([
            PackageField.information: .object([
                Field.name: .text(info.name), Field.version: .text(info.version), Field.hashes: .blob(identity),
                Field.description: .text(info.description), Field.architecture: .text(info.architecture),
                Field.license: .text(info.license), Field.origin: .text(info.origin),
                Field.maintainer: .text(info.maintainer), Field.url: .text(info.url),
                // apk takes a package of size 0 for one without files.
                Field.installedSize: .integer(UInt64(max(tree.size, 1))),
            ]),
            PackageField.paths: .array(folders),
            PackageField.scripts: .object(
                Dictionary(uniqueKeysWithValues: scripts.map { ($0.key.rawValue, ADBValue.text($0.value)) })),
        ])
    }

    /// Every folder with its files, both in the order of their names' bytes, as apk searches them; the top has no name.
    private func folders(time: Int) throws -> (folders: [ADBValue], contents: [ADBFile.Content]) {
        var members: [String: [(name: String, entry: FileTree.Entry)]] = ["": []]
        var entries: [String: FileTree.Entry] = ["": FileTree.Entry(.directory, mode: 0o755)]
        for (path, entry) in tree.sorted {
            guard entry.kind != .directory else {
                members[path, default: []] += []
                entries[path] = entry
                continue
            }
            let parts = path.split(separator: "/")
            members[parts.dropLast().joined(separator: "/"), default: []].append(
                (String(parts[parts.count - 1]), entry))
        }
        var folders: [ADBValue] = []
        var contents: [ADBFile.Content] = []
        for path in members.keys.sorted(by: FileTree.precedes) {
            let files = (members[path] ?? []).sorted { FileTree.precedes($0.name, $1.name) }
            var values: [ADBValue] = []
            for (name, entry) in files {
                let place = "/\(path)/\(name)"
                let (value, bytes) = try file(name, entry, time, place)
                values.append(value)
                guard !bytes.isEmpty else { continue }
                contents.append(ADBFile.Content(folder: folders.count + 1, file: values.count, bytes: bytes))
            }
            folders.append(
                .object([
                    FolderField.name: .text(path), FolderField.access: try access(entries[path], "/" + path),
                    FolderField.files: .array(values),
                ]))
        }
        return (folders, contents)
    }

    private func file(
        _ name: String, _ entry: FileTree.Entry, _ time: Int, _ place: String
    ) throws -> (value: ADBValue, bytes: [UInt8]) {
        var fields: [Int: ADBValue] = [
            FileField.name: .text(name), FileField.time: .integer(UInt64(time)),
            FileField.access: try access(entry, place),
        ]
        var bytes: [UInt8] = []
        switch entry.kind {
        case .file(let content):
            bytes = try content.load()
            fields[FileField.hash] = .blob(SHA256.digest(bytes))
            fields[FileField.size] = .integer(UInt64(bytes.count))
        case .link(let target):
            fields[FileField.target] = .blob(ADBWriter.littleEndian(UInt16(S_IFLNK)) + Array(target.utf8))
            fields[FileField.size] = .integer(UInt64(target.utf8.count))
        default: throw BuildError("\(place) cannot be in an apk package: it is a device.")
        }
        return (.object(fields), bytes)
    }

    /// Owners are names in this format; the only one that has the same number everywhere is root's.
    private func access(_ entry: FileTree.Entry?, _ place: String) throws -> ADBValue {
        guard let entry, entry.owner == 0, entry.group == 0 else {
            throw BuildError("\(place) cannot be in an apk package: it is not root's.")
        }
        return .object([
            AccessField.mode: .integer(UInt64(entry.mode)), AccessField.user: .text("root"),
            AccessField.group: .text("root"),
        ])
    }
}

extension SHA256 {
    /// Of some bytes, as 32 bytes.
    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(hex(bytes).utf8)
        func value(_ digit: UInt8) -> UInt8 { digit < 0x3a ? digit - 0x30 : digit - 0x57 }
        return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}
