import Bytes
import MQTT

/// Packets from and to arrays, for expectations, which cannot hold a buffer.
enum Wire {
    static func encode(_ packet: Packet) throws -> [UInt8] {
        var buffer = ByteBuffer()
        do {
            try packet.write(to: &buffer)
        } catch {
            guard buffer.count == 0 else { throw BufferChanged() }
            throw error
        }
        return buffer.copy()
    }

    /// The first packet and how many bytes were left.
    static func decode(_ bytes: [UInt8], limit: Int = FixedHeader.maximumRemainingLength) throws -> Decoded {
        var buffer = ByteBuffer()
        buffer.append(bytes)
        let packet = try Packet.read(from: &buffer, limit: limit)
        return Decoded(packet: packet, left: buffer.count)
    }

    struct Decoded: Equatable {
        let packet: Packet?
        let left: Int
    }

    struct BufferChanged: Error {}
}
