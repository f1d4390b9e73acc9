import Bytes

/// What every packet begins with: type, flags and remaining length, MQTT 3.1.1 section 2.2.
public struct FixedHeader: Equatable, Sendable {
    /// 256 MB − 1: what four bytes of seven bits can say.
    public static let maximumRemainingLength = 268_435_455

    public let type: PacketType
    /// The lower four bits of the first byte; checked already.
    public let flags: UInt8
    /// Bytes before the variable header: two to five.
    public let length: Int
    /// Bytes after the fixed header.
    public let remainingLength: Int

    /// The size of the whole packet.
    public var packetLength: Int { length + remainingLength }

    /// Reads the header at the start of the bytes, of which none is consumed.
    ///
    /// - Parameter limit: the largest remaining length to accept; told from the header alone, so that nobody has to
    ///   keep an oversized packet.
    /// - Returns: nil while the header is not complete.
    public static func read(_ bytes: Span<UInt8>, limit: Int) throws(MQTTError) -> FixedHeader? {
        guard bytes.count > 0 else { return nil }
        guard let type = PacketType(rawValue: bytes[0] >> 4) else { throw .reservedPacketType }
        let flags = bytes[0] & 0x0F
        guard type == .publish || flags == type.fixedFlags else { throw .reservedFlags }
        var remaining = 0
        var index = 1
        while true {
            guard index < bytes.count else { return nil }
            let byte = bytes[index]
            remaining |= Int(byte & 0x7F) << (7 * (index - 1))
            index += 1
            if byte & 0x80 == 0 { break }
            guard index <= 4 else { throw .malformedRemainingLength }
        }
        guard remaining <= limit else { throw .packetTooLarge }
        return FixedHeader(type: type, flags: flags, length: index, remainingLength: remaining)
    }

    /// Writes the header of a packet whose rest has `remainingLength` bytes.
    static func write(
        _ type: PacketType, flags: UInt8? = nil, remainingLength: Int, to buffer: inout ByteBuffer
    ) throws(MQTTError) {
        guard remainingLength <= maximumRemainingLength else { throw .packetTooLarge }
        buffer.append(type.rawValue << 4 | (flags ?? type.fixedFlags))
        var left = remainingLength
        repeat {
            let more: UInt8 = left > 0x7F ? 0x80 : 0
            buffer.append(UInt8(truncatingIfNeeded: left & 0x7F) | more)
            left >>= 7
        } while left > 0
    }
}
