import Foundation

/// A point in time until which something is waited for. It only bounds the wait of a test that fails: a test that
/// passes goes on with the event itself.
struct Deadline {
    /// Long enough for a loaded machine of two cores and an emulated CPU.
    static let standardSeconds = 60

    private let end: UInt64

    init(seconds: Int = Deadline.standardSeconds) { end = Deadline.now() + UInt64(seconds) * 1_000_000_000 }

    var millisecondsLeft: Int32 {
        let now = Deadline.now()
        return now >= end ? 0 : Int32((end - now) / 1_000_000) + 1
    }

    /// Waits until the descriptor is readable (or at its end); false when the time is over.
    func waitReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while millisecondsLeft > 0 {
            let ready = poll(&entry, 1, millisecondsLeft)
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return false }
        }
        return false
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
