import Bytes
import MQTT

public enum MQTTVectors {
    public static func run(_ checker: Checker) {
        accepted(checker)
        rejected(checker)
        lengths(checker)
        filters(checker)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        Hexadecimal.decode([UInt8](hex.utf8.filter { $0 != UInt8(ascii: " ") })) ?? []
    }

    private static func read(_ bytes: [UInt8], limit: Int) throws(MQTTError) -> Packet? {
        var buffer = ByteBuffer()
        buffer.append(bytes)
        return try Packet.read(from: &buffer, limit: limit)
    }

    /// Packets that are read, and written again byte for byte.
    private static func accepted(_ checker: Checker) {
        let vectors = [
            "10 0d 0004 4d515454 04 02 003c 0001 61",
            "10 22 0004 4d515454 04 f6 ffff 0001 61 0003 742f77 0002 6869 0004 75736572 0004 70617373",
            "20 02 01 00", "20 02 00 05", "30 05 0001 74 6869", "31 03 0001 74", "3a 07 0001 74 0001 6869",
            "3d 07 0001 74 ffff 6869", "40 02 0001", "50 02 0001", "62 02 0001", "70 02 ffff",
            "82 0d 000a 0003 612f62 01 0002 2b2f 00", "90 04 000a 01 80", "a2 07 000a 0003 612f23", "b0 02 000a",
            "c0 00", "d0 00", "e0 00",
        ]
        for hex in vectors {
            let wire = bytes(hex)
            var buffer = ByteBuffer()
            do throws(MQTTError) {
                guard let packet = try read(wire, limit: FixedHeader.maximumRemainingLength) else {
                    checker.expect(false, "MQTT \(hex) is not complete")
                    continue
                }
                try packet.write(to: &buffer)
                checker.expect(buffer.copy(), is: wire, "MQTT \(hex) written again")
                for length in 0..<wire.count {
                    let part = try read([UInt8](wire[..<length]), limit: 1_000)
                    checker.expect(part == nil, "MQTT \(hex) cut to \(length) bytes is a packet")
                }
            } catch {
                checker.expect(false, "MQTT \(hex) is refused")
            }
        }
    }

    private static func rejected(_ checker: Checker) {
        let vectors: [(String, MQTTError)] = [
            ("00 00", .reservedPacketType), ("f0 00", .reservedPacketType), ("c1 00", .reservedFlags),
            ("80 00", .reservedFlags), ("30 ff ff ff ff", .malformedRemainingLength), ("36 03 0001 74", .invalidQoS),
            ("38 03 0001 74", .duplicateWithoutQoS), ("30 02 0000", .emptyTopic),
            ("30 03 0001 23", .wildcardInTopicName),
            ("30 03 0001 00", .nullCharacter), ("30 04 0002 c080", .malformedText), ("30 03 0002 74", .truncatedPacket),
            ("32 05 0001 74 0000", .packetIdentifierZero), ("40 03 0001 00", .trailingBytes),
            ("82 02 0001", .emptySubscribe), ("82 06 0001 0001 61 03", .invalidRequestedQoS),
            ("10 0d 0004 4d515454 05 02 003c 0001 61", .unsupportedProtocolLevel(5)),
            ("10 0d 0004 4d515454 04 03 003c 0001 61", .reservedConnectFlag), ("20 02 02 00", .invalidConnackFlags),
        ]
        for (hex, expected) in vectors {
            do throws(MQTTError) {
                _ = try read(bytes(hex), limit: 1_000)
                checker.expect(false, "MQTT takes \(hex)")
            } catch {
                checker.expect(error == expected, "MQTT \(hex) is refused for another reason")
            }
        }
    }

    /// Remaining lengths up to the largest, which the reader tells from the header alone.
    private static func lengths(_ checker: Checker) {
        let vectors: [(String, Int)] = [
            ("30 00", 0), ("30 7f", 127), ("30 80 01", 128), ("30 ff 7f", 16_383), ("30 80 80 01", 16_384),
            ("30 ff ff 7f", 2_097_151), ("30 80 80 80 01", 2_097_152), ("30 ff ff ff 7f", 268_435_455),
        ]
        for (hex, length) in vectors {
            let wire = bytes(hex)
            let header = try? FixedHeader.read(wire.span, limit: FixedHeader.maximumRemainingLength)
            checker.expect(header?.remainingLength == length, "MQTT remaining length \(length)")
            checker.expect(header?.packetLength == wire.count + length, "MQTT packet length \(length)")
            let small = try? FixedHeader.read(wire.span, limit: length - 1)
            checker.expect(small == nil, "MQTT limit of \(length - 1) lets \(length) pass")
        }
    }

    /// MQTT 3.1.1 section 4.7: filter, topic, whether it matches.
    private static func filters(_ checker: Checker) {
        let vectors: [(String, String, Bool)] = [
            ("sport/#", "sport", true), ("sport/#", "sport/a/b", true), ("sport/+", "sport/a", true),
            ("sport/+", "sport/a/b", false), ("sport/+", "sport", false), ("sport/+", "sport/", true),
            ("+/+", "/a", true), ("/+", "/a", true), ("+", "/a", false), ("#", "a/b", true), ("#", "$SYS/a", false),
            ("+/a", "$SYS/a", false), ("$SYS/#", "$SYS/a", true), ("a/b", "a/b", true), ("a/b", "A/b", false),
        ]
        for (filter, topic, matches) in vectors {
            guard let parsed = try? TopicFilter(filter.bytes) else {
                checker.expect(false, "MQTT refuses the filter \(filter)")
                continue
            }
            checker.expect(parsed.matches(topic.bytes) == matches, "MQTT filter \(filter) and topic \(topic)")
        }
        for filter in ["", "a#", "#/a", "a/#/b", "a+", "+a", "a/b+/c"] {
            checker.expect((try? TopicFilter(filter.bytes)) == nil, "MQTT takes the filter \(filter)")
        }
    }
}
