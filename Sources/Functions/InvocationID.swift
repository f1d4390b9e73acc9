import Bytes

/// Names one invocation. Random, so that nobody collects a result by guessing; written as a UUID (facts: V1's logs show
/// `3bc343db-7dc9-4a88-6cde-f9f568b52c35`).
public struct InvocationID: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new one, from the system's generator.
    public static func random() -> InvocationID {
        var generator = SystemRandomNumberGenerator()
        // The version and variant bits of RFC 9562 section 5.4.
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return InvocationID(high: high, low: low)
    }

    /// Reads the text form; nil for anything else.
    public init?(_ text: [UInt8]) {
        guard text.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for index in 0..<36 {
            if Self.isHyphen(index) {
                guard text[index] == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hexadecimal.value(text[index]) else { return nil }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        high = halves.0
        low = halves.1
    }

    /// 36 characters, lower case: `3bc343db-7dc9-4a88-6cde-f9f568b52c35`.
    public var bytes: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        var digits: UInt64 = 0
        while text.count < 36 {
            if Self.isHyphen(text.count) {
                text.append(UInt8(ascii: "-"))
                continue
            }
            let half = digits < 16 ? high : low
            let nibble = UInt8(half >> (60 - digits % 16 * 4) & 0x0F)
            text.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            digits += 1
        }
        return text
    }

    public var text: String { bytes.text }

    private static func isHyphen(_ index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }
}
