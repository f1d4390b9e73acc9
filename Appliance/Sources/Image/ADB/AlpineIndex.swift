/// The index of a folder of packages, `packages.adb`, from which `apk update` learns what there is.
public struct AlpineIndex {
    private static let (description, packages) = (1, 2)

    /// - Parameter files: whole packages.
    /// - Throws: when one of them is none.
    public static func file(description text: String, of files: [[UInt8]]) throws -> ADBFile {
        typealias Field = AlpinePackage.InformationField
        var entries: [(name: String, value: ADBValue)] = []
        for bytes in files {
            let package = try ADBFile(reading: bytes, name: "An apk package for the index")
            guard package.schema == .package,
                case .object(var fields) = try package.root()[AlpinePackage.PackageField.information]
            else { throw BuildError("A file for the index of apk packages is no package.") }
            // Here a package is known by its hash and not by its ID: `apk add` compares what it downloads with it.
            fields[Field.hashes] = .blob(SHA256.digest(package.block))
            fields[Field.fileSize] = .integer(UInt64(bytes.count))
            entries.append((fields[Field.name]?.string ?? "", .object(fields)))
        }
        entries.sort { FileTree.precedes($0.name, $1.name) }
        return try ADBFile(
            schema: .index, root: .object([Self.description: .text(text), packages: .array(entries.map(\.value))]))
    }
}
