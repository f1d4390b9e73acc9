/// What one row of the subscription table has done with messages since the router was made.
public struct RowCounters: Equatable, Sendable {
    /// Messages that its target took.
    public internal(set) var carried: UInt64 = 0
    /// Messages that matched, but went to the same target by another row already.
    public internal(set) var covered: UInt64 = 0
    /// Messages lost because the target's queue was full.
    public internal(set) var withoutRoom: UInt64 = 0
    /// Messages lost because the target, a device, was not connected.
    public internal(set) var absent: UInt64 = 0
    /// Messages lost because the target, a device, had not subscribed to their topic.
    public internal(set) var unwanted: UInt64 = 0
    /// Messages lost because the core has nobody who receives for the target.
    public internal(set) var withoutReceiver: UInt64 = 0

    public init() {}

    /// Messages lost, for whatever reason.
    public var lost: UInt64 { withoutRoom + absent + unwanted + withoutReceiver }
}
