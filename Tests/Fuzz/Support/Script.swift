/// A fuzzer's input as decisions, one after the other.
struct Script {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isOver: Bool { at >= bytes.count }

    /// 0 at the end.
    mutating func next() -> Int {
        guard at < bytes.count else { return 0 }
        defer { at += 1 }
        return Int(bytes[at])
    }

    mutating func next(_ count: Int) -> [UInt8] {
        defer { at = min(at + count, bytes.count) }
        return Array(bytes[min(at, bytes.count)..<min(at + count, bytes.count)])
    }
}
