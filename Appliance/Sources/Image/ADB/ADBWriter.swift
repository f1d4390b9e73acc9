/// Writes values as the ADB block of a file of apk's: a header with the place of the root value, and before it everything
/// that the root refers to. What was written before is referred to again and not repeated.
struct ADBWriter {
    /// Version bytes, two unused ones and the root's tag.
    static let headerSize = 8
    private static let rootOffset = 4

    private(set) var bytes = [UInt8](repeating: 0, count: headerSize)
    private var offsets: [[UInt8]: Int] = [:]

    /// The block's content.
    static func block(root: ADBValue) throws(BuildError) -> [UInt8] {
        var writer = ADBWriter()
        let tag = try writer.write(root)
        writer.bytes.replaceSubrange(rootOffset..<headerSize, with: littleEndian(tag))
        return writer.bytes
    }

    private mutating func write(_ value: ADBValue) throws(BuildError) -> UInt32 {
        switch value {
        case .null: return 0
        case .integer(let number):
            if number <= UInt64(ADBTag.valueMask) { return ADBTag.integer | UInt32(number) }
            if let small = UInt32(exactly: number) {
                return try place(Self.littleEndian(small), ADBTag.integer32, alignment: 4)
            }
            return try place(Self.littleEndian(number), ADBTag.integer64, alignment: 4)
        case .blob(let content): return try write(blob: content)
        case .array(let elements):
            var slots: [UInt32] = []
            for element in elements { slots.append(try write(element)) }
            return try write(slots, ADBTag.array)
        case .object(let fields):
            var slots = [UInt32](repeating: 0, count: fields.keys.max() ?? 0)
            for number in fields.keys.sorted() { slots[number - 1] = try write(fields[number] ?? .null) }
            while slots.last == 0 { slots.removeLast() }
            return try write(slots, ADBTag.object)
        }
    }

    /// An empty blob is null, as apk writes it.
    private mutating func write(blob content: [UInt8]) throws(BuildError) -> UInt32 {
        switch content.count {
        case 0: return 0
        case ...0xff: return try place([UInt8(content.count)] + content, ADBTag.blob8, alignment: 1)
        case ...0xffff:
            return try place(Self.littleEndian(UInt16(content.count)) + content, ADBTag.blob16, alignment: 2)
        default: return try place(Self.littleEndian(UInt32(content.count)) + content, ADBTag.blob32, alignment: 4)
        }
    }

    /// The first slot is the number of slots, itself among them; nothing but that is null.
    private mutating func write(_ slots: [UInt32], _ tag: UInt32) throws(BuildError) -> UInt32 {
        guard !slots.isEmpty else { return 0 }
        let words = [UInt32(slots.count + 1)] + slots
        return try place(words.flatMap(Self.littleEndian), tag, alignment: 4)
    }

    private mutating func place(_ content: [UInt8], _ tag: UInt32, alignment: Int) throws(BuildError) -> UInt32 {
        if let offset = offsets[content], offset % alignment == 0 { return tag | UInt32(offset) }
        while bytes.count % alignment != 0 { bytes.append(0) }
        let offset = bytes.count
        guard offset <= Int(ADBTag.valueMask) else {
            throw BuildError("The description of an apk package is longer than the format's 256 MiB.")
        }
        bytes += content
        offsets[content] = offset
        return tag | UInt32(offset)
    }

    static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
