import Bytes
import MQTT

// Input: the seed of the split, then bytes from a connection.
//
// Properties: a packet that was read is written as something that reads back the same, with the same body; bytes in any
// pieces give the same packets and the same error; nothing traps.

private let limit = 4_096

/// The packets in the bytes, in the order they come, and the error at which reading stopped.
private struct Outcome: Equatable {
    var packets: [Packet] = []
    var error: MQTTError?
}

private func feed(_ pieces: inout Pieces) -> Outcome {
    var outcome = Outcome()
    var buffer = ByteBuffer()
    do throws(MQTTError) {
        while let piece = pieces.next() {
            buffer.append(piece)
            while let packet = try Packet.read(from: &buffer, limit: limit) { outcome.packets.append(packet) }
        }
    } catch {
        outcome.error = error
    }
    return outcome
}

private func feedWhole(_ bytes: [UInt8]) -> Outcome {
    var outcome = Outcome()
    var buffer = ByteBuffer()
    buffer.append(bytes)
    do throws(MQTTError) {
        while true {
            let header = try FixedHeader.read(buffer.bytes, limit: limit)
            let before = buffer.copy()
            guard let packet = try Packet.read(from: &buffer, limit: limit) else {
                require(buffer.count == before.count, "bytes are consumed though the packet is not complete")
                break
            }
            guard let header else {
                require(false, "a packet is read without a header")
                break
            }
            require(before.count - buffer.count == header.packetLength, "another length is consumed than the header's")
            checkWriting(packet, Array(before[header.length..<header.packetLength]))
            outcome.packets.append(packet)
        }
    } catch {
        outcome.error = error
    }
    return outcome
}

private func checkWriting(_ packet: Packet, _ body: [UInt8]) {
    var buffer = ByteBuffer()
    do throws(MQTTError) {
        try packet.write(to: &buffer)
        let written = buffer.copy()
        require(
            written.count >= 2 && Array(written.suffix(body.count)) == body, "a packet is written with another body")
        let again = try Packet.read(from: &buffer, limit: limit)
        require(again == packet, "a written packet reads back as another one")
        require(buffer.isEmpty, "a written packet is longer than it says")
    } catch {
        require(false, "a packet that was read cannot be written, or not be read again")
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    guard let seed = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    var pieces = Pieces(bytes, seed: seed)
    require(feedWhole(bytes) == feed(&pieces), "the split of the bytes changes what is read")
    return 0
}
