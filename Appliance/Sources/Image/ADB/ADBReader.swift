/// Reads the ADB block of a file of apk's; every place in it is checked.
struct ADBReader {
    private let bytes: [UInt8]
    /// Nothing that apk writes is deeper than ten.
    private static let deepest = 32

    init(_ block: [UInt8]) { bytes = block }

    func root() throws(BuildError) -> ADBValue {
        guard bytes.count >= ADBWriter.headerSize, bytes[0] == 0 else {
            throw BuildError("An ADB block of \(bytes.count) bytes has no header of version 0.")
        }
        return try value(number(at: 4, UInt32.self), depth: 0)
    }

    private func value(_ tag: UInt32, depth: Int) throws(BuildError) -> ADBValue {
        guard depth <= Self.deepest else { throw BuildError("An ADB block is nested more than \(Self.deepest) deep.") }
        let offset = Int(tag & ADBTag.valueMask)
        switch tag & ADBTag.typeMask {
        case 0 where offset == 0: return .null
        case ADBTag.integer: return .integer(UInt64(offset))
        case ADBTag.integer32: return .integer(UInt64(try number(at: offset, UInt32.self)))
        case ADBTag.integer64: return .integer(try number(at: offset, UInt64.self))
        case ADBTag.blob8: return try blob(at: offset, UInt8.self)
        case ADBTag.blob16: return try blob(at: offset, UInt16.self)
        case ADBTag.blob32: return try blob(at: offset, UInt32.self)
        case ADBTag.array: return .array(try slots(at: offset, depth))
        case ADBTag.object:
            var fields: [Int: ADBValue] = [:]
            for (index, value) in try slots(at: offset, depth).enumerated() where value != .null {
                fields[index + 1] = value
            }
            return .object(fields)
        default: throw BuildError("An ADB block has a value of the unknown type \(tag >> 28).")
        }
    }

    private func slots(at offset: Int, _ depth: Int) throws(BuildError) -> [ADBValue] {
        let count = Int(try number(at: offset, UInt32.self))
        guard count >= 1, count <= (bytes.count - offset) / 4 else {
            throw BuildError(
                "An ADB block has \(count) slots at \(offset), more than fit into its \(bytes.count) bytes.")
        }
        var values: [ADBValue] = []
        for index in 1..<max(count, 1) {
            values.append(try value(number(at: offset + 4 * index, UInt32.self), depth: depth + 1))
        }
        return values
    }

    private func blob<Length: FixedWidthInteger>(at offset: Int, _: Length.Type) throws(BuildError) -> ADBValue {
        let start = offset + Length.bitWidth / 8
        let length = Int(try number(at: offset, Length.self))
        guard length <= bytes.count - start else {
            throw BuildError("An ADB block of \(bytes.count) bytes has a blob of \(length) at \(start).")
        }
        return .blob(Array(bytes[start..<start + length]))
    }

    private func number<Number: FixedWidthInteger>(at offset: Int, _: Number.Type) throws(BuildError) -> Number {
        let size = Number.bitWidth / 8
        guard offset >= 0, size <= bytes.count - offset else {
            throw BuildError("An ADB block of \(bytes.count) bytes refers to \(size) bytes at \(offset).")
        }
        return (0..<size).reduce(Number(0)) { $0 | Number(bytes[offset + $1]) << Number(8 * $1) }
    }
}
