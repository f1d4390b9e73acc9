/// How often the log tells of what anybody may cause: the first ones at once, then one now and then, with the number of
/// those that it did not tell of.
///
/// Unlike with `Recurrence`, one case among many of a flood is told sooner or later: it may be the honest one.
struct TellingRate {
    private static let burst = 20
    /// In nanoseconds.
    private static let interval: Int64 = 10_000_000_000

    private var left = burst
    private var refilledAt: Int64 = 0
    private var untold: UInt64 = 0

    /// - Parameter now: monotonic, nanoseconds.
    /// - Returns: how many were not told since the last one, or nil where this one is not told either.
    mutating func take(now: Int64) -> UInt64? {
        let intervals = (now - refilledAt) / Self.interval
        if intervals > 0 {
            left = Int(min(Int64(Self.burst), Int64(left) + intervals))
            refilledAt += intervals * Self.interval
        }
        guard left > 0 else {
            untold += 1
            return nil
        }
        left -= 1
        defer { untold = 0 }
        return untold
    }
}
