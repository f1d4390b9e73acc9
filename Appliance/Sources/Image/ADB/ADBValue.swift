/// A value of apk's database format, ADB: apk-v3(5).
public indirect enum ADBValue: Equatable, Sendable {
    /// Not there.
    case null
    case integer(UInt64)
    case blob([UInt8])
    /// Fields by their numbers, which start at 1; those that are missing or null are not there.
    case object([Int: ADBValue])
    case array([ADBValue])

    public static func text(_ text: String) -> ADBValue { .blob(Array(text.utf8)) }

    /// A field of an object; null where it is none or has none.
    public subscript(field: Int) -> ADBValue {
        guard case .object(let fields) = self else { return .null }
        return fields[field] ?? .null
    }

    public var bytes: [UInt8]? {
        guard case .blob(let bytes) = self else { return nil }
        return bytes
    }

    public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    public var number: UInt64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The elements of an array; none where it is none.
    public var elements: [ADBValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}

/// The tags of values: type in the upper four bits, value or offset in the others (apk-v3(5), WIRE FORMAT).
enum ADBTag {
    static let integer: UInt32 = 0x1000_0000
    static let integer32: UInt32 = 0x2000_0000
    static let integer64: UInt32 = 0x3000_0000
    static let blob8: UInt32 = 0x8000_0000
    static let blob16: UInt32 = 0x9000_0000
    static let blob32: UInt32 = 0xa000_0000
    static let array: UInt32 = 0xd000_0000
    static let object: UInt32 = 0xe000_0000
    static let typeMask: UInt32 = 0xf000_0000
    static let valueMask: UInt32 = 0x0fff_ffff
}
