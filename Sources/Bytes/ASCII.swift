/// Byte-wise text helpers: protocol text is bytes, and grapheme breaking has no place in it.
extension UInt8 {
    /// The byte with `A`–`Z` lowered.
    public var lowercasedASCII: UInt8 {
        self >= 0x41 && self <= 0x5A ? self + 0x20 : self
    }
}

extension [UInt8] {
    public init(_ text: StaticString) {
        self = [UInt8](UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Equality without regard to the case of ASCII letters.
    public func equalsIgnoringCase(_ other: StaticString) -> Bool {
        guard count == other.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index].lowercasedASCII != other.utf8Start[index].lowercasedASCII {
            return false
        }
        return true
    }

    public func starts(with prefix: StaticString) -> Bool {
        guard count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount where self[index] != prefix.utf8Start[index] { return false }
        return true
    }

    /// The bytes as text; malformed UTF-8 is repaired with U+FFFD.
    public var text: String { String(decoding: self, as: UTF8.self) }
}

extension String {
    /// The text's UTF-8 bytes.
    public var bytes: [UInt8] { [UInt8](utf8) }
}
