/// How the connections to the cloud are, for `greengrassd status`.
public struct CloudLinkStatus: Sendable {
    /// One of the pool's connections (rows CID-01 to CID-03).
    public struct Connection: Sendable {
        public enum State: Sendable {
            /// Looking up, connecting, shaking hands.
            case connecting
            case connected
            /// The next attempt comes after a pause.
            case waiting
            case stopped
        }

        public var clientID: String
        public var state: State
        /// `Clock.monotonic()` when the state began.
        public var since: Int64
        /// Address, and proxy where there is one; empty while it is not connected.
        public var peer: String
        /// Why the last connection or attempt ended; empty where none did.
        public var lastError: String
        /// Connections that were made after the first.
        public var reconnects: UInt64
        /// Filters that the cloud granted, and that it refused.
        public var subscriptions: Int
        public var refusedSubscriptions: Int
        /// Messages sent and not confirmed.
        public var inFlight: Int
        /// Messages that may be in flight.
        public var window: Int
        /// Smoothed, nanoseconds; 0 while nothing was measured.
        public var roundTrip: Int64
        /// Whether another client seems to use the client ID.
        public var isFought: Bool
    }

    public var host: String
    public var port: UInt16
    public var connections: [Connection]
    public var counters: CloudLinkCounters

    /// Whether messages get through now.
    public var isConnected: Bool {
        for connection in connections where connection.state != .connected { return false }
        return !connections.isEmpty
    }
}

/// What the link has done since it was made.
public struct CloudLinkCounters: Equatable, Sendable {
    /// Messages sent to the cloud; one that is sent again counts again.
    public internal(set) var sent: UInt64 = 0
    /// Messages that the cloud has confirmed.
    public internal(set) var confirmed: UInt64 = 0
    /// Messages that the cloud would refuse, dropped.
    public internal(set) var rejected: UInt64 = 0
    /// Messages at which the cloud always closed the connection, set aside.
    public internal(set) var setAside: UInt64 = 0
    /// Messages that came from the cloud.
    public internal(set) var received: UInt64 = 0
    /// Answers that came late or not at all.
    public internal(set) var timeouts: UInt64 = 0

    public init() {}
}
