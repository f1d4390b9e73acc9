/// Writing the few DER structures of certificate extensions (ITU-T X.690).
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
}
