import Foundation

/// Writes a tree as a FAT16 file system (Microsoft's "FAT: General Overview of On-Disk Format", version 1.03), which
/// boards' firmware, UEFI and boot loaders read.
///
/// Names have at most eight characters and three behind a dot, all lower case or all upper case: such a name is one entry
/// in every system, with the bits of Windows NT for its case. Owners and modes are not kept; the system has none.
public struct Fat {
    /// The name of the file system, eleven characters at most.
    public var label: String
    /// The serial number.
    public var serial: UInt32
    /// Of the whole file system, in bytes.
    public var size: Int
    /// Of every entry, in seconds since 1970; FAT knows none before 1980.
    public var time: Int

    private static let sector = 512
    private static let cluster = 2048
    private static let rootEntries = 512
    private static let endOfChain: UInt16 = 0xffff

    public init(label: String, serial: UInt32, size: Int, time: Int) {
        self.label = label
        self.serial = serial
        self.size = size
        self.time = time
    }

    /// Sectors that one of the two tables takes for all clusters.
    private var tableSectors: Int { ((size / Self.cluster + 2) * 2 + Self.sector - 1) / Self.sector }
    private var rootStart: Int { (1 + 2 * tableSectors) * Self.sector }
    private var dataStart: Int { rootStart + Self.rootEntries * 32 }
    private var clusters: Int { (size - dataStart) / Self.cluster }

    /// - Throws: when the tree does not fit, has something that FAT cannot hold, or a name that is too long.
    public func bytes(_ tree: FileTree) throws -> [UInt8] {
        // What decides between FAT12, 16 and 32 is the number of clusters and nothing else.
        guard (4085..<65525).contains(clusters) else {
            throw BuildError("A FAT16 file system of \(size) bytes is not possible: expected 9 to 128 MB.")
        }
        var writer = Writer(format: self)
        try writer.fill(tree)
        return writer.image
    }

    private struct Writer {
        let format: Fat
        var image: [UInt8]
        var table: [UInt16] = [0xfff8, Fat.endOfChain]

        init(format: Fat) {
            self.format = format
            image = [UInt8](repeating: 0, count: format.size)
        }

        mutating func fill(_ tree: FileTree) throws {
            var children: [String: [(path: String, entry: FileTree.Entry)]] = [:]
            for item in tree.sorted {
                children[FileTree.parents(of: item.path).last ?? "", default: []].append(item)
            }
            var root = try Fat.entry(name: Fat.padded(format.label, 11), attributes: 0x08, format)
            root += try folder("", children, cluster: 0)
            guard root.count <= Fat.rootEntries * 32 else {
                throw BuildError("The top folder of a FAT file system has no room for so many files.")
            }
            image.replaceSubrange(format.rootStart..<format.rootStart + root.count, with: root)
            writeBootSector()
            for copy in 0..<2 {
                let start = (1 + copy * format.tableSectors) * Fat.sector
                for (index, value) in table.enumerated() { image.put(value, at: start + 2 * index) }
            }
        }

        /// Writes what is in a folder.
        ///
        /// - Returns: the folder's entries.
        mutating func folder(
            _ path: String, _ children: [String: [(path: String, entry: FileTree.Entry)]], cluster: Int
        ) throws -> [UInt8] {
            var entries: [UInt8] = []
            for (path, entry) in children[path] ?? [] {
                let name = String(path.split(separator: "/").last ?? "")
                switch entry.kind {
                case .directory:
                    // The folder's place has to be known to what is in it, so it is taken before it is filled.
                    let count = (children[path] ?? []).count + 2
                    let place = try allocate(count * 32)
                    let above = cluster
                    var content = try Fat.entry(
                        name: Fat.padded(".", 11), attributes: 0x10, cluster: place, format)
                    content += try Fat.entry(name: Fat.padded("..", 11), attributes: 0x10, cluster: above, format)
                    content += try folder(path, children, cluster: place)
                    store(content, at: place)
                    entries += try Fat.entry(file: name, attributes: 0x10, cluster: place, format)
                case .file(let content):
                    let bytes = try content.load()
                    let place = bytes.isEmpty ? 0 : try allocate(bytes.count)
                    store(bytes, at: place)
                    entries += try Fat.entry(file: name, attributes: 0x20, cluster: place, size: bytes.count, format)
                default: throw BuildError("/\(path) is neither file nor folder, which is all that FAT can hold.")
                }
            }
            return entries
        }

        /// Takes clusters one behind the other.
        mutating func allocate(_ size: Int) throws -> Int {
            let count = (size + Fat.cluster - 1) / Fat.cluster
            let first = table.count
            guard first - 2 + count <= format.clusters else {
                throw BuildError(
                    "A FAT file system of \(format.size) bytes is too small: \(size) bytes more do not fit.")
            }
            for index in 0..<count {
                table.append(index == count - 1 ? Fat.endOfChain : UInt16(first + index + 1))
            }
            return first
        }

        mutating func store(_ bytes: [UInt8], at cluster: Int) {
            guard !bytes.isEmpty else { return }
            let start = format.dataStart + (cluster - 2) * Fat.cluster
            image.replaceSubrange(start..<start + bytes.count, with: bytes)
        }

        mutating func writeBootSector() {
            image.replaceSubrange(0..<3, with: [0xeb, 0x3c, 0x90])
            image.replaceSubrange(3..<11, with: Array("MSWIN4.1".utf8))
            image.put(UInt16(Fat.sector), at: 11)
            image[13] = UInt8(Fat.cluster / Fat.sector)
            image.put(UInt16(1), at: 14)
            image[16] = 2
            image.put(UInt16(Fat.rootEntries), at: 17)
            let sectors = format.size / Fat.sector
            if sectors < 65536 { image.put(UInt16(sectors), at: 19) } else { image.put(UInt32(sectors), at: 32) }
            image[21] = 0xf8
            image.put(UInt16(format.tableSectors), at: 22)
            image.put(UInt16(63), at: 24)
            image.put(UInt16(255), at: 26)
            image[36] = 0x80
            image[38] = 0x29
            image.put(format.serial, at: 39)
            image.replaceSubrange(43..<54, with: Fat.padded(format.label, 11))
            image.replaceSubrange(54..<62, with: Array("FAT16   ".utf8))
            image.put(UInt16(0xaa55), at: 510)
        }
    }

    private static func padded(_ text: String, _ length: Int) -> [UInt8] {
        Array((Array(text.utf8) + [UInt8](repeating: 0x20, count: length)).prefix(length))
    }

    private static func entry(
        file name: String, attributes: UInt8, cluster: Int, size: Int = 0, _ format: Fat
    ) throws -> [UInt8] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let allowed = parts.joined().utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || byte == 0x2d || byte == 0x5f
        }
        guard parts.count <= 2, (1...8).contains(parts[0].utf8.count), allowed,
            parts.count == 1 || (1...3).contains(parts[1].utf8.count),
            parts.allSatisfy({ $0 == $0.lowercased() || $0 == $0.uppercased() })
        else {
            throw BuildError(
                "\"\(name)\" is no name for this FAT file system: expected up to eight letters or digits, and up to three "
                    + "behind a dot, of one case.")
        }
        let suffix = parts.count == 2 ? parts[1] : ""
        var bytes = try entry(
            name: padded(parts[0].uppercased(), 8) + padded(suffix.uppercased(), 3), attributes: attributes,
            cluster: cluster, size: size, format)
        if parts[0] != parts[0].uppercased() { bytes[12] |= 0x08 }
        if suffix != suffix.uppercased() { bytes[12] |= 0x10 }
        return bytes
    }

    private static func entry(
        name: [UInt8], attributes: UInt8, cluster: Int = 0, size: Int = 0, _ format: Fat
    ) throws -> [UInt8] {
        var bytes = name + [UInt8](repeating: 0, count: 21)
        bytes[11] = attributes
        let (date, time) = stamp(format.time)
        bytes.put(time, at: 14)
        bytes.put(date, at: 16)
        bytes.put(date, at: 18)
        bytes.put(time, at: 22)
        bytes.put(date, at: 24)
        bytes.put(UInt16(cluster), at: 26)
        bytes.put(UInt32(size), at: 28)
        return bytes
    }

    /// Date and time as FAT has them, in UTC.
    private static func stamp(_ seconds: Int) -> (date: UInt16, time: UInt16) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
        guard let year = parts.year, year >= 1980 else { return (0x21, 0) }
        let date = (year - 1980) << 9 | (parts.month ?? 1) << 5 | (parts.day ?? 1)
        return (UInt16(date), UInt16((parts.hour ?? 0) << 11 | (parts.minute ?? 0) << 5 | (parts.second ?? 0) / 2))
    }
}
