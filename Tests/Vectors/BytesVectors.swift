import Bytes

public enum BytesVectors {
    public static func run(_ checker: Checker) {
        base64(checker)
        hexadecimal(checker)
        buffer(checker)
        decimals(checker)
    }

    /// RFC 4648 section 10.
    private static func base64(_ checker: Checker) {
        let vectors: [(String, String)] = [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, encoded) in vectors {
            checker.expect(Base64.encode(plain.bytes), is: encoded.bytes, "Base64.encode(\(plain))")
            checker.expect(Base64.decode(encoded.bytes) ?? [0xFF], is: plain.bytes, "Base64.decode(\(encoded))")
        }
        for broken in ["Z", "Zh==", "Zm9=", "Zm=v", "Zm9v=", "Zm9v====", "Z m9v", "Zm9*"] {
            checker.expect(Base64.decode(broken.bytes) == nil, "Base64.decode(\(broken)) takes it")
        }
        var all: [UInt8] = []
        for byte in UInt8.min...UInt8.max { all.append(byte) }
        checker.expect(Base64.decode(Base64.encode(all)) ?? [], is: all, "Base64 there and back")
    }

    private static func hexadecimal(_ checker: Checker) {
        checker.expect(Hexadecimal.encode([0x00, 0x9A, 0xFF]), is: "009aff", "Hexadecimal.encode")
        checker.expect(Hexadecimal.decode("009aFf".bytes) ?? [], is: [0x00, 0x9A, 0xFF], "Hexadecimal.decode")
        for broken in ["0", "0g", "0x", " 0"] {
            checker.expect(Hexadecimal.decode(broken.bytes) == nil, "Hexadecimal.decode(\(broken)) takes it")
        }
        checker.expect(ConstantTime.equal([1, 2], [1, 2]), "equal bytes are equal")
        checker.expect(!ConstantTime.equal([1, 2], [1, 3]), "different bytes are different")
        checker.expect(!ConstantTime.equal([1, 2], [1]), "a prefix is not equal")
    }

    /// A queue against a plain array, with moves and growth in between.
    private static func buffer(_ checker: Checker) {
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        var state: UInt32 = 1
        for _ in 0..<2_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let amount = Int(state >> 24)
            if state & 0x8000 == 0 {
                let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: state >> 16), count: amount)
                buffer.append(bytes)
                model.append(contentsOf: bytes)
            } else {
                let count = min(amount, model.count)
                buffer.consume(count)
                model.removeFirst(count)
            }
            if buffer.count != model.count { break }
        }
        checker.expect(buffer.copy(), is: model, "ByteBuffer after many appends and consumes")
        buffer.removeAll()
        checker.expect(buffer.isEmpty, "ByteBuffer.removeAll leaves nothing")
    }

    private static func decimals(_ checker: Checker) {
        let values: [Int64] = [
            0, 9, 10, -1, 2_147_483_647, 2_147_483_648, -2_147_483_649, 4_294_967_296, 9_223_372_036_854_775_807,
            -9_223_372_036_854_775_808,
        ]
        for value in values {
            var buffer = ByteBuffer()
            buffer.append(decimal: value)
            checker.expect(String(decoding: buffer.copy(), as: UTF8.self), is: "\(value)", "append(decimal:)")
        }
        var buffer = ByteBuffer()
        buffer.append(bigEndian: 0xABCD)
        checker.expect(buffer.copy(), is: [0xAB, 0xCD], "append(bigEndian:)")
    }
}
