/// Tells a client ID that somebody else uses too from a bad network (rows CID-05 and H-17): MQTT 3.1.1 closes the older
/// connection without a word, and both clients come back again and again.
struct TakeoverWatch {
    /// Quick closes in a row that mean two clients.
    static let closes = 3
    /// A connection that lasts longer was not taken over at once, nanoseconds.
    static let youth: Int64 = 30_000_000_000

    private var count = 0
    /// Whether the last end counted.
    private var hasCounted = false

    /// Whether another client seems to use the ID.
    private(set) var isFought = false

    /// An accepted connection is over.
    ///
    /// - Parameter byServer: the other end closed it, without error and with nothing under way.
    /// - Returns: whether this is the close that shows it.
    mutating func ended(after lifetime: Int64, byServer: Bool) -> Bool {
        hasCounted = false
        guard byServer, lifetime < Self.youth else {
            // A connection that lasts is the end of the fight, one that breaks says nothing about it.
            if lifetime >= Self.youth {
                count = 0
                isFought = false
            }
            return false
        }
        count += 1
        hasCounted = true
        guard count >= Self.closes, !isFought else { return false }
        isFought = true
        return true
    }

    /// The last end came together with that of another connection: a network that went away takes all of them.
    mutating func retract() {
        guard hasCounted else { return }
        hasCounted = false
        count -= 1
    }
}
