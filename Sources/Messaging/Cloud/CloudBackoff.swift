/// When to try again after a connection failed: 1, 2, 4 … seconds up to the bound of `mqttMaxConnectionRetryInterval`
/// (rows CFG-20 and SPOOL-07), each shortened by up to half at random, so that a fleet that lost the cloud at one moment
/// does not come back at one moment.
struct CloudBackoff {
    private static let first: Int64 = 1_000_000_000
    private let longest: Int64
    /// Attempts that failed since the last connection that lasted.
    private(set) var failures = 0

    /// - Parameter longest: nanoseconds.
    init(longest: Int64) {
        self.longest = max(longest, Self.first)
    }

    /// Nanoseconds until the next attempt.
    mutating func next() -> Int64 {
        let time = failures < 32 ? min(longest, Self.first << Int64(failures)) : longest
        failures += 1
        return jittered(time)
    }

    /// The longest wait: where trying quickly does harm.
    mutating func slowest() -> Int64 {
        failures += 1
        return jittered(longest)
    }

    mutating func reset() {
        failures = 0
    }

    private func jittered(_ time: Int64) -> Int64 { time - Int64.random(in: 0...time / 2) }
}
