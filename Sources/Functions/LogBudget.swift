/// How much one worker may log: a token bucket. A worker that writes faster finds its pipes full and waits; nothing is
/// lost, and the loop that serves all others is not starved.
struct LogBudget {
    /// Bytes a second over longer times.
    static let rate: Int64 = 1024 * 1024
    /// Bytes at once.
    static let burst: Int64 = 512 * 1024
    /// What a line costs besides its bytes: time stamp and bookkeeping.
    static let perLine: Int64 = 64

    private var left = LogBudget.burst
    private var counted: Int64

    init(at now: Int64) {
        counted = now
    }

    /// Whether more may be read now.
    mutating func allows(at now: Int64) -> Bool {
        let gained = min(now - counted, 2_000_000_000) * (Self.rate / 1000) / 1_000_000
        if gained > 0 {
            left = min(Self.burst, left + gained)
            counted = now
        }
        return left > 0
    }

    mutating func spend(bytes: Int, lines: Int) {
        left -= Int64(bytes) + Int64(lines) * Self.perLine
    }

    /// Nanoseconds until a good part of the bucket is full again.
    var pause: Int64 { max(10_000_000, (Self.burst / 8 - left) * 1_000_000 / (Self.rate / 1000)) }
}
