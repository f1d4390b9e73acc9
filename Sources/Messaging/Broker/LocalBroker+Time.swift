import Bytes
import Linux

/// The broker's clock. No connection has a timer of its own: one call looks at all of them when the first deadline
/// comes, for packets only ever move a deadline away.
extension LocalBroker {
    /// The least time between two looks, in nanoseconds.
    private static let sweepPause: Int64 = 100_000_000
    /// How long storage stays that no connection needs.
    private static let cooling: Int64 = 1_000_000_000

    /// Looks at the connections no later than at this time.
    func sweep(by deadline: Int64) {
        guard deadline < nextSweep else { return }
        if let sweepTimer { reactor.cancel(sweepTimer) }
        nextSweep = deadline
        sweepTimer = reactor.schedule(afterNanoseconds: deadline - Clock.monotonic()) { [self] in sweep() }
    }

    private func sweep() {
        sweepTimer = nil
        nextSweep = .max
        let now = Clock.monotonic()
        var earliest = Int64.max
        for connection in connectionTable {
            guard let connection else { continue }
            connection.expire(now: now)
            if !connection.isClosed { earliest = min(earliest, connection.deadline) }
        }
        if earliest < .max { sweep(by: max(earliest, now + Self.sweepPause)) }
    }

    /// Has the storage that connections share given back when it was not used for a while.
    func coolLater() {
        if isCooling || storage.isEmpty { return }
        isCooling = true
        reactor.schedule(afterNanoseconds: Self.cooling) { [self] in
            isCooling = false
            storage.trim()
            coolLater()
        }
    }
}
