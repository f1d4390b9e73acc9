/// The pauses between starts of a function whose worker keeps dying: exponential, bounded.
struct RestartPause {
    private let first: Int64
    private let longest: Int64
    private var next: Int64
    /// No start before this time.
    private(set) var until: Int64 = 0
    /// Deaths since it was last well.
    private(set) var failures: Int64 = 0

    init(first: Int64, longest: Int64) {
        self.first = first
        self.longest = longest
        next = first
    }

    /// A worker died: the next start is a pause away.
    mutating func failed(at now: Int64) {
        failures += 1
        until = now + next
        next = min(longest, next * 2)
    }

    /// A worker proved well.
    mutating func recovered() {
        failures = 0
        next = first
        until = 0
    }
}
