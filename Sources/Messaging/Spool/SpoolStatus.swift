/// What one direction of the spool holds and has done since the core started.
public struct QueueStatus: Equatable, Sendable {
    /// Messages that wait, and their bytes (topics and payloads).
    public var waiting: Int64 = 0
    public var waitingBytes: Int64 = 0
    /// Handed out and not confirmed yet.
    public var underWay: Int64 = 0
    /// Taken in since the start.
    public var accepted: UInt64 = 0
    /// Confirmed by the cloud, or, inbound, taken by their targets.
    public var finished: UInt64 = 0
    /// Replaced by newer ones because the queue was full (SPOOL-04).
    public var displaced: UInt64 = 0
    /// Found no room.
    public var refused: UInt64 = 0
    /// The cloud will never take them.
    public var rejected: UInt64 = 0
    /// Were in a file that got lost.
    public var lost: UInt64 = 0
}

/// The spool as `greengrassd status` tells it.
public struct SpoolStatus: Equatable, Sendable {
    public var outbound = QueueStatus()
    public var inbound = QueueStatus()
    /// nil for a queue in memory.
    public var file: String?
    public var maximumBytes: Int64 = 0
    /// Transactions, and messages written in them.
    public var transactions: UInt64 = 0
    public var written: UInt64 = 0
    /// Why the disk does not take messages now; nil when it does.
    public var problem: String?
}
