/// Finds a message at which the cloud always closes the connection: AWS IoT does so for what a policy does not allow.
///
/// Such a message would hold up all behind it for ever. After a close with messages under way they are sent one at a
/// time; one that was alone on its way at several closes in a row, each time on a connection that had stood for a
/// while, is the culprit. A connection that is closed for other reasons (a network that flaps, another client with the
/// same ID) does not close three times in the moment one message needs.
struct PoisonWatch {
    /// Closes that convict a message.
    static let strikes = 3
    /// How long a connection has to stand before a suspect is sent on it, nanoseconds.
    static let settling: Int64 = 2_000_000_000

    /// The newest of the messages that were under way at the last close; 0 where nothing is suspected.
    private var newestSuspect: UInt64 = 0
    private var alone: UInt64?
    /// Whether anything was sent since the last close.
    private var hasSent = false
    private var closes = 0

    /// Whether messages are to be sent one at a time, on a connection that has settled.
    var isIsolating: Bool { newestSuspect > 0 }

    /// A message is about to be sent.
    mutating func sending(_ number: UInt64) {
        hasSent = true
        // The suspects are gone: confirmed, or displaced in a full queue.
        if number > newestSuspect { newestSuspect = 0 }
        if alone != number {
            alone = nil
            closes = 0
        }
    }

    mutating func confirmed(_ number: UInt64) {
        if alone == number {
            alone = nil
            closes = 0
        }
        if number >= newestSuspect { newestSuspect = 0 }
    }

    /// The cloud has closed an accepted connection.
    ///
    /// - Parameter underWay: the numbers of the messages that it has not confirmed.
    /// - Returns: the message that is to be set aside, or nil.
    mutating func closed(underWay: [UInt64]) -> UInt64? {
        defer { hasSent = false }
        guard let newest = underWay.max() else {
            // It was closed before a suspect was sent on it: the network, not the message. Waiting for connections to
            // settle would let nothing through on one that never does.
            if !hasSent { newestSuspect = 0 }
            return nil
        }
        let wasIsolating = isIsolating
        newestSuspect = max(newestSuspect, newest)
        guard wasIsolating, underWay.count == 1 else { return nil }
        if alone == newest {
            closes += 1
        } else {
            alone = newest
            closes = 1
        }
        guard closes >= Self.strikes else { return nil }
        alone = nil
        closes = 0
        if newest >= newestSuspect { newestSuspect = 0 }
        return newest
    }
}
