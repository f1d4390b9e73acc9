import CLinux

/// The two clocks: one for intervals, one for dates.
public enum Clock {
    /// Nanoseconds that only go forward, from an arbitrary start.
    public static func monotonic() -> Int64 {
        nanoseconds(CLOCK_MONOTONIC)
    }

    /// Milliseconds since 1970; may jump, and is wrong on a board without a battery.
    public static func realtime() -> Int64 {
        nanoseconds(CLOCK_REALTIME) / 1_000_000
    }

    /// Stops this thread; for commands only, never for the reactor.
    public static func pause(milliseconds: Int32) {
        _ = poll(nil, 0, milliseconds)
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
