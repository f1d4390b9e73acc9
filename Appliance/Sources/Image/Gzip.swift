import CZlib

/// A gzip file of one member without name and time (RFC 1952), for what is no archive.
public enum Gzip {
    /// Magic, deflate, no flags, no time, "slowest algorithm", Unix.
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]

    public static func compress(_ bytes: [UInt8]) throws(BuildError) -> [UInt8] {
        let checksum = UInt32(crc32(0, bytes, UInt32(bytes.count)))
        let size = UInt32(truncatingIfNeeded: bytes.count)
        return header + (try Deflate.compress(bytes)) + ADBWriter.littleEndian(checksum) + ADBWriter.littleEndian(size)
    }
}
