/// Writing and reading the few DER structures of certificate extensions (ITU-T X.690).
///
/// OpenSSL has its own builder for these, but it brings its configuration-file parser into the binary.
enum DER {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30

    /// The tag of a primitive, implicitly tagged field.
    static func context(_ number: UInt8) -> UInt8 { 0x80 | number }

    /// One value with its tag and length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [tag]
        bytes.reserveCapacity(content.count + 4)
        switch content.count {
        case 0..<0x80:
            bytes.append(UInt8(content.count))
        case 0x80..<0x100:
            bytes += [0x81, UInt8(content.count)]
        default:
            precondition(content.count < 0x10000, "an extension longer than 64 kB")
            bytes += [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        }
        return bytes + content
    }

    /// Takes the next value off the front: its tag and content; nil at the end, or where the bytes are no DER with a
    /// length of at most two bytes.
    static func next(_ bytes: inout ArraySlice<UInt8>) -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard bytes.count >= 2 else { return nil }
        let tag = bytes[bytes.startIndex]
        let first = bytes[bytes.startIndex + 1]
        var header = 2
        var length = Int(first)
        if first >= 0x80 {
            let octets = Int(first & 0x7F)
            guard octets == 1 || octets == 2, bytes.count >= 2 + octets else { return nil }
            header += octets
            length = 0
            for index in 0..<octets { length = length << 8 | Int(bytes[bytes.startIndex + 2 + index]) }
        }
        guard bytes.count - header >= length else { return nil }
        let start = bytes.startIndex + header
        let content = bytes[start..<start + length]
        bytes = bytes[(start + length)...]
        return (tag, content)
    }

    /// The content of the one value that the bytes are, if it has this tag.
    static func content(of bytes: ArraySlice<UInt8>, tag: UInt8) -> ArraySlice<UInt8>? {
        var rest = bytes
        guard let (found, content) = next(&rest), found == tag, rest.isEmpty else { return nil }
        return content
    }
}
