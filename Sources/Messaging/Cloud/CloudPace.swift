/// How quickly the cloud answers, and how much is sent before it has: measured, and kept from one connection to the next
/// (row H-38).
struct CloudPace {
    /// Smoothed round trip and its variation, nanoseconds, as TCP reckons (RFC 6298 section 2); 0 before the first.
    private(set) var roundTrip: Int64 = 0
    private var variation: Int64 = 0
    /// By how much the time for an answer is stretched after one did not come.
    private(set) var stretch: Int64 = 1
    /// Messages that may be under way.
    private(set) var window: Int
    private var credit = 0
    private let mostWindow: Int
    /// Nanoseconds: `mqttOperationTimeout`.
    private let configured: Int64

    /// However slow the cloud is: a message that takes longer is sent again, nanoseconds.
    private static let longestTimeout: Int64 = 300_000_000_000
    private static let mostStretch: Int64 = 16

    init(operationTimeout: Int64, window: Int) {
        configured = operationTimeout
        mostWindow = window
        self.window = window
    }

    /// How long an answer may take before the cloud is asked whether it is there.
    var timeout: Int64 { min(Self.longestTimeout, max(configured, roundTrip + 4 * variation) * stretch) }

    mutating func measured(_ sample: Int64) {
        let sample = max(1, sample)
        if roundTrip == 0 {
            roundTrip = sample
            variation = sample / 2
        } else {
            variation += (abs(roundTrip - sample) - variation) / 4
            roundTrip += (sample - roundTrip) / 8
        }
    }

    /// A message was confirmed: the time is what the measure says again, and the window opens one by one.
    mutating func confirmed() {
        stretch = 1
        credit += 1
        guard credit >= window else { return }
        credit = 0
        window = min(mostWindow, window + 1)
    }

    /// An answer did not come although the connection lives: more time, and less at once.
    mutating func missed() {
        stretch = min(Self.mostStretch, stretch * 2)
        window = max(1, window / 2)
        credit = 0
    }
}
