/// What the router has done since it was made.
public struct RouterCounters: Equatable, Sendable {
    /// Messages given to the router.
    public internal(set) var published: UInt64 = 0
    /// Messages handed to a target; one message with two targets counts twice.
    public internal(set) var routed: UInt64 = 0
    /// Messages discarded because no row of the subscription table matches source and topic (MSG-03).
    public internal(set) var withoutRoute: UInt64 = 0
    /// Deliveries lost because nobody is registered for a target that the table names.
    public internal(set) var withoutTarget: UInt64 = 0

    public init() {}
}
