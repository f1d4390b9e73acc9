import Glibc

/// A property of the code under test: where it does not hold, the process aborts and the fuzzer keeps the input.
@inline(__always)
func require(_ holds: Bool, _ property: StaticString) {
    if holds { return }
    _ = property.withUTF8Buffer { write(2, $0.baseAddress, $0.count) }
    _ = write(2, "\n", 1)
    abort()
}

/// Cuts bytes into pieces whose sizes come from the input, so that the fuzzer finds the splits that matter.
struct Pieces {
    private let bytes: [UInt8]
    private var state: UInt32
    private let isWhole: Bool
    private var start = 0

    init(_ bytes: [UInt8], seed: UInt8 = 0, whole isWhole: Bool = false) {
        self.bytes = bytes
        self.isWhole = isWhole
        state = UInt32(seed) &* 2_654_435_761 | 1
    }

    /// Mostly small pieces, sometimes a large one; nil at the end.
    mutating func next() -> [UInt8]? {
        guard start < bytes.count else { return nil }
        state = state &* 1_664_525 &+ 1_013_904_223
        let size = isWhole ? bytes.count : state >> 28 == 0 ? 100 : Int(state >> 24 & 7) + 1
        let end = min(start + size, bytes.count)
        defer { start = end }
        return Array(bytes[start..<end])
    }
}
