import Glibc

extension AlpinePackage {
    /// Reads a package back, and compares every file with its hash and the description with its ID.
    ///
    /// - Parameter name: what messages call it.
    /// - Throws: when it is no package, or its parts do not belong together.
    public init(reading bytes: [UInt8], name: String) throws {
        let file = try ADBFile(reading: bytes, name: name)
        guard file.schema == .package else { throw BuildError("\(name) is an index, not a package.") }
        let root = try file.root()
        let info = root[PackageField.information]
        try Self.check(info[InformationField.hashes], of: file.block, name)
        typealias Field = InformationField
        func text(_ field: Int) -> String { info[field].string ?? "" }
        information = Information(
            name: text(Field.name), version: text(Field.version), architecture: text(Field.architecture),
            description: text(Field.description), license: text(Field.license), origin: text(Field.origin),
            maintainer: text(Field.maintainer), url: text(Field.url))
        scripts = [:]
        for script in Script.allCases { scripts[script] = root[PackageField.scripts][script.rawValue].string }
        tree = FileTree()
        var contents = file.contents[...]
        for (index, folder) in root[PackageField.paths].elements.enumerated() {
            let path = folder[FolderField.name].string ?? ""
            if !path.isEmpty { try tree.add(path, Self.entry(.directory, folder[FolderField.access])) }
            for (number, value) in folder[FolderField.files].elements.enumerated() {
                let place = path + "/" + (value[FileField.name].string ?? "")
                if let target = value[FileField.target].bytes {
                    try tree.add(place, Self.entry(Self.kind(target, place), value[FileField.access]))
                    continue
                }
                var bytes: [UInt8] = []
                if value[FileField.size].number ?? 0 != 0 {
                    guard let content = contents.popFirst(), content.folder == index + 1, content.file == number + 1
                    else { throw BuildError("\(name) lacks the content of /\(place), or has it out of order.") }
                    bytes = content.bytes
                }
                guard value[FileField.hash].bytes == SHA256.digest(bytes),
                    Int(value[FileField.size].number ?? 0) == bytes.count
                else { throw BuildError("\(name): the content of /\(place) has not the hash or size that is stated.") }
                try tree.add(place, Self.entry(.file(.bytes(bytes)), value[FileField.access]))
            }
        }
        guard contents.isEmpty else { throw BuildError("\(name) has the content of files that it does not list.") }
    }

    /// The ID is the hash of everything else.
    private static func check(_ identity: ADBValue, of block: [UInt8], _ name: String) throws {
        var block = block
        guard let identity = identity.bytes, identity.count == identitySize,
            let place = block.firstRange(of: [UInt8(identitySize)] + identity)
        else { throw BuildError("\(name) has no unique ID.") }
        block.replaceSubrange(place.dropFirst(), with: repeatElement(0, count: identitySize))
        guard Array(SHA256.digest(block).prefix(identitySize)) == identity else {
            throw BuildError("\(name) is damaged: its description has not the unique ID that is stated.")
        }
    }

    private static func entry(_ kind: FileTree.Kind, _ access: ADBValue) throws -> FileTree.Entry {
        guard access[AccessField.user].string == "root", access[AccessField.group].string == "root" else {
            throw BuildError("An apk package has files that are not root's: \(access).")
        }
        return FileTree.Entry(kind, mode: UInt32(access[AccessField.mode].number ?? 0))
    }

    private static func kind(_ target: [UInt8], _ place: String) throws -> FileTree.Kind {
        guard target.count > 2, UInt32(target[0]) | UInt32(target[1]) << 8 == UInt32(S_IFLNK) else {
            throw BuildError("/\(place) in an apk package is neither a file nor a symbolic link.")
        }
        return .link(String(decoding: target.dropFirst(2), as: UTF8.self))
    }
}
