/// How many messages may be sent now where the cloud takes so many a second: a bucket that holds what one second fills.
struct CloudAllowance {
    private static let second: Int64 = 1_000_000_000

    /// Nanoseconds between two messages; 0 is no limit.
    private let interval: Int64
    /// The moment at which the bucket would be empty had it been filled since then.
    private var empty: Int64 = 0

    init(rate: Int64? = nil) {
        interval = rate.map { Self.second / max(1, $0) } ?? 0
    }

    /// Nanoseconds until a message may be sent; 0 is now.
    mutating func wait(now: Int64) -> Int64 {
        guard interval > 0 else { return 0 }
        empty = max(empty, now - Self.second)
        return max(0, empty + interval - now)
    }

    mutating func take() { empty += interval }
}
