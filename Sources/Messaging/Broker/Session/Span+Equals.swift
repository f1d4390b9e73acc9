extension Span<UInt8> {
    /// Whether both have the same bytes; eight are compared at a time.
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { first in
            other.withUnsafeBytes { second in
                var at = 0
                while at + 8 <= first.count {
                    let one = first.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    if one != second.loadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
                    at += 8
                }
                while at < first.count {
                    if first[at] != second[at] { return false }
                    at += 1
                }
                return true
            }
        }
    }
}
