/// A package of opkg, `.ipk`, as OpenWrt up to 24.10 installs: a gzip tar of `debian-binary`, `data.tar.gz` and
/// `control.tar.gz`, in this order (OpenWrt, scripts/ipkg-build).
public struct OpkgPackage {
    /// The control file's fields in their order; `Installed-Size` and `Description` are added at the end.
    public var fields: [(name: String, value: String)]
    public var description: String
    public var tree: FileTree
    /// The files that are the user's once they are installed, as absolute paths.
    public var configurationFiles: [String]
    /// `postinst`, `prerm` and so on.
    public var scripts: [String: String]

    public init(
        fields: [(name: String, value: String)], description: String, tree: FileTree,
        configurationFiles: [String] = [], scripts: [String: String] = [:]
    ) {
        self.fields = fields
        self.description = description
        self.tree = tree
        self.configurationFiles = configurationFiles
        self.scripts = scripts
    }

    public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// `NAME_VERSION_ARCHITECTURE.ipk`.
    public var fileName: String {
        [field("Package"), field("Version"), field("Architecture")].map { $0 ?? "" }.joined(separator: "_") + ".ipk"
    }

    /// The control file: what opkg shows of the package.
    public var control: String {
        var lines = fields.map { "\($0.name): \($0.value)" }
        lines.append("Installed-Size: \(tree.size)")
        lines.append("Description: \(description.split(separator: "\n").joined(separator: "\n "))")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The package as a file.
    ///
    /// - Parameter time: of every entry, in seconds since 1970.
    /// - Throws: when a configuration file is not in the tree, or a field is not one line.
    public func bytes(time: Int) throws -> [UInt8] {
        for (name, value) in fields where value.contains("\n") || value.isEmpty {
            throw BuildError(
                "The field \(name) of an ipk package is \"\(value)\": expected one line that is not empty.")
        }
        for path in configurationFiles where tree[String(path.drop { $0 == "/" })] == nil {
            throw BuildError("\(path) is to be a configuration file of an ipk package and is not in it.")
        }
        var controlTree = FileTree()
        try controlTree.addFile("control", text: control)
        if !configurationFiles.isEmpty {
            let names = configurationFiles.sorted(by: FileTree.precedes)
            try controlTree.addFile("conffiles", text: names.joined(separator: "\n") + "\n")
        }
        for (name, text) in scripts { try controlTree.addFile(name, text: text, mode: 0o755) }
        var inner = ArchiveWriter(.tar, .gzip, time: time)
        inner.prefix = "./"
        let parts = [
            ("./debian-binary", Array("2.0\n".utf8)), ("./data.tar.gz", try inner.bytes(tree)),
            ("./control.tar.gz", try inner.bytes(controlTree)),
        ]
        var bytes: [UInt8] = []
        try ArchiveWriter(.tar, .gzip, time: time).write(
            parts.map { (path: $0.0, entry: FileTree.Entry(.file(.bytes($0.1)), mode: 0o644)) }
        ) { bytes += $0 }
        return bytes
    }
}

/// The index of a folder of packages, `Packages`, from which `opkg update` learns what there is.
public struct OpkgIndex {
    private static let beforeDescription = ["Filename", "Size", "SHA256sum"]

    /// - Parameter packages: each with the bytes of its file; they are listed in the order of their files' names.
    public static func text(of packages: [(package: OpkgPackage, bytes: [UInt8])]) -> String {
        packages.sorted { FileTree.precedes($0.package.fileName, $1.package.fileName) }.map { package, bytes in
            let values = [package.fileName, String(bytes.count), SHA256.hex(bytes)]
            let added = zip(beforeDescription, values).map { "\($0): \($1)\n" }.joined()
            // Where OpenWrt's own index has them: a description may have several lines and comes last.
            return package.control.replacing("\nDescription:", with: "\n\(added)Description:", maxReplacements: 1)
                + "\n"
        }.joined()
    }
}
