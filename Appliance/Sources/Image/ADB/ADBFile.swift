/// A file of apk's: the ADB block, and for a package a block of data for each of its files (apk-v3(5), BLOCKS).
public struct ADBFile: Equatable, Sendable {
    /// What the root value describes, as four letters.
    public enum Schema: String, Sendable {
        case package = "pckg"
        case index = "indx"
    }

    /// What belongs to a file of a package, by the numbers of its folder and of the file in it, which start at 1.
    public struct Content: Equatable, Sendable {
        public var folder: Int
        public var file: Int
        public var bytes: [UInt8]
    }

    public var schema: Schema
    /// The content of the ADB block: what signatures and the index's hashes are of.
    public var block: [UInt8]
    public var contents: [Content] = []

    private static let magic = Array("ADB.".utf8)
    private static let deflated = Array("ADBd".utf8)
    private static let alignment = 8
    /// The types of blocks, in the upper two bits of their tags; signatures are 1.
    private static let (adb, signature, data): (UInt32, UInt32, UInt32) = (0, 1, 2)
    private static let sizeMask: UInt32 = 0x3fff_ffff

    public init(schema: Schema, root: ADBValue, contents: [Content] = []) throws(BuildError) {
        self.schema = schema
        block = try ADBWriter.block(root: root)
        self.contents = contents
    }

    public func root() throws(BuildError) -> ADBValue { try ADBReader(block).root() }

    /// The whole file, compressed as apk does unless told otherwise.
    public func bytes() throws(BuildError) -> [UInt8] {
        var bytes = Self.magic + Array(schema.rawValue.utf8)
        try Self.append(Self.adb, block, to: &bytes)
        for content in contents {
            let header = [content.folder, content.file].flatMap { ADBWriter.littleEndian(UInt32($0)) }
            try Self.append(Self.data, header + content.bytes, to: &bytes)
        }
        return Self.deflated + (try Deflate.compress(bytes))
    }

    private static func append(_ type: UInt32, _ content: [UInt8], to bytes: inout [UInt8]) throws(BuildError) {
        guard content.count < Int(sizeMask) - 4 else {
            throw BuildError("A file of \(content.count) bytes is more than an apk package takes (1 GiB).")
        }
        bytes += ADBWriter.littleEndian(type << 30 | UInt32(content.count + 4)) + content
        while bytes.count % alignment != 0 { bytes.append(0) }
    }

    /// Reads a file back. Signatures are left out.
    ///
    /// - Parameter name: what messages call it.
    /// - Throws: when it is none, or is damaged.
    public init(reading file: [UInt8], name: String) throws(BuildError) {
        guard file.starts(with: Self.deflated) else {
            throw BuildError("\(name) is no apk package of version 3 with deflate: it does not start with \"ADBd\".")
        }
        let bytes = try Deflate.expand(Array(file.dropFirst(4)))
        guard bytes.starts(with: Self.magic), bytes.count >= 8,
            let schema = Schema(rawValue: String(decoding: bytes[4..<8], as: UTF8.self))
        else { throw BuildError("\(name) is neither a package nor an index of apk's.") }
        self.schema = schema
        var block: [UInt8]?
        var place = 8
        while place < bytes.count {
            guard let word = Self.word(bytes, place) else { throw BuildError("\(name) ends within a block.") }
            let size = Int(word & Self.sizeMask)
            guard size >= 4, size <= bytes.count - place else {
                throw BuildError("\(name) has a block of \(size) bytes where \(bytes.count - place) are left.")
            }
            let content = Array(bytes[place + 4..<place + size])
            switch word >> 30 {
            case Self.adb where block == nil: block = content
            case Self.signature where block != nil: break
            case Self.data where block != nil:
                guard let folder = Self.word(content, 0), let file = Self.word(content, 4) else {
                    throw BuildError("\(name) has data that does not tell of which file.")
                }
                contents.append(Content(folder: Int(folder), file: Int(file), bytes: Array(content.dropFirst(8))))
            default: throw BuildError("\(name) has a block of type \(word >> 30) where none may be.")
            }
            place += (size + Self.alignment - 1) / Self.alignment * Self.alignment
        }
        guard let block else { throw BuildError("\(name) has no ADB block.") }
        self.block = block
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32? {
        guard bytes.count - place >= 4 else { return nil }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }
}
