import Linux

/// How far this machine's clock is behind what it cannot be before. A board without a battery starts in 1970, and without a
/// time source it stays there; what was written by a machine with a good clock then tells at least how wrong it is.
public struct ClockLag: Equatable, Sendable {
    /// By this machine's clock, in milliseconds since 1970.
    public let now: Int64
    /// The newest time that is known to have been, likewise.
    public let newest: Int64

    /// 2024: before that nothing of this core was written.
    static let earliest: Int64 = 1_704_067_200_000
    /// For clocks that were set in between.
    private static let tolerance: Int64 = 60_000

    public init(now: Int64, newest: Int64) {
        self.now = now
        self.newest = max(newest, Self.earliest)
    }

    /// By when config.json was written, which is never by the core itself.
    public init(_ layout: Layout, now: Int64 = Clock.realtime()) {
        var newest: Int64 = 0
        do throws(SystemError) {
            if let status = try Files.status(layout.configurationFile) { newest = status.modified }
        } catch {
            // There is none to compare with.
        }
        self.init(now: now, newest: newest)
    }

    public var isBehind: Bool { now < newest - Self.tolerance }

    /// Seconds that it is behind at least, 0 when it is not known to be.
    public var seconds: Int64 { isBehind ? (newest - now) / 1000 : 0 }

    /// For people; nil when nothing is wrong.
    public var sentence: String? {
        guard isBehind else { return nil }
        let days = seconds / 86_400
        let amount = days > 0 ? "\(days) \(days == 1 ? "day" : "days")" : "\(seconds) seconds"
        return
            "Clock: \(CalendarDate(milliseconds: now).iso8601), at least \(amount) behind. Devices connect nevertheless; a "
            + "cloud is reached once the clock is set"
    }
}
