import Bytes
import MQTT
import Testing

@Suite struct RoundTripTests {
    @Test("every packet that is written is read back the same", arguments: 1...40)
    func roundTrip(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for _ in 0..<100 {
            let packet = try generator.packet()
            let bytes = try Wire.encode(packet)
            #expect(try FixedHeader.read(bytes.span, limit: bytes.count)?.packetLength == bytes.count)
            #expect(try Wire.decode(bytes) == Wire.Decoded(packet: packet, left: 0))
        }
    }

    @Test("any split of the byte stream gives the same packets", arguments: 1...40)
    func splits(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let packets = try (0..<30).map { _ in try generator.packet() }
        var whole = ByteBuffer()
        for packet in packets { try packet.write(to: &whole) }
        let stream = whole.copy()
        let largest = [1, 2, 7, 100, 5_000][Int(seed % 5)]
        var buffer = ByteBuffer()
        var read: [Packet] = []
        var index = 0
        while index < stream.count {
            let piece = min(generator.number(1...largest), stream.count - index)
            buffer.append(Array(stream[index..<index + piece]))
            index += piece
            while let packet = try Packet.read(from: &buffer) { read.append(packet) }
        }
        #expect(read == packets)
        let left = buffer.count
        #expect(left == 0)
    }

    @Test("no truncated packet is read, and none is consumed", arguments: 1...10)
    func truncation(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for _ in 0..<20 {
            let bytes = try Wire.encode(try generator.packet())
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 50)) {
                #expect(try Wire.decode(Array(bytes[0..<count])) == Wire.Decoded(packet: nil, left: count))
            }
        }
    }

    @Test("bytes of any kind give packets or an error, and what is read can be written again", arguments: 1...40)
    func mutations(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for _ in 0..<200 {
            var bytes = try Wire.encode(try generator.packet())
            for _ in 0..<generator.number(1...3) {
                bytes[generator.number(0...bytes.count - 1)] = UInt8(truncatingIfNeeded: generator.next())
            }
            guard let decoded = try? Wire.decode(bytes), let packet = decoded.packet else { continue }
            #expect(try Wire.decode(Wire.encode(packet)) == Wire.Decoded(packet: packet, left: 0))
        }
    }

    @Test("the direct way of writing a QoS 0 PUBLISH writes what the packet writes")
    func directPublish() throws {
        for count in [0, 1, 120, 121, 122, 127, 128, 16_370, 16_378, 16_380, 16_400, 131_072] {
            let topic = try TopicName(Array("a/b/c".utf8))
            let payload = [UInt8](repeating: 7, count: count)
            let expected = try Wire.encode(.publish(Publish(topic: topic, payload: payload)))
            var direct = ByteBuffer()
            try Publish.write(topic: topic.bytes.span, payload: payload.span, to: &direct)
            let written = direct.copy()
            #expect(written == expected)
            #expect(written.count == Publish.packetLength(topic: topic.bytes.count, payload: payload.count))
        }
    }
}
