import Linux

/// Cases of one kind, of which the log tells the 1st, 2nd, 4th, 8th … in a row: whoever makes them must not be able to
/// fill the log. After an hour without one the next is told again, and one a day is in any case.
public struct Recurrence {
    private static let quiet: Int64 = 3_600_000_000_000
    private static let day: Int64 = 86_400_000_000_000

    /// Since the core started.
    public private(set) var count: UInt64 = 0
    private var inRow: UInt64 = 0
    private var last: Int64 = 0
    private var lastTold: Int64 = 0

    public init() {}

    /// Counts one case.
    /// - Returns: whether the log is to tell of it.
    public mutating func isTold(now: Int64 = Clock.monotonic()) -> Bool {
        if now - last >= Self.quiet { inRow = 0 }
        last = now
        count += 1
        inRow += 1
        guard inRow & (inRow - 1) == 0 || now - lastTold >= Self.day else { return false }
        lastTold = now
        return true
    }

    /// For the end of the line, after the full stop.
    public var note: String { count > 1 ? " That was number \(count) of this kind; not each is told." : "" }
}
