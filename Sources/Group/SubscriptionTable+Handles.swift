/// A source of one subscription table, to be looked up once a connection or worker. Of no meaning to another table.
public struct SourceID: Hashable, Sendable {
    /// The number of the source's root node.
    let number: UInt32
}

/// A target of one subscription table. Of no meaning to another table.
public struct TargetID: Hashable, Sendable {
    /// Counted from 0 without gaps, so that targets can be kept in an array.
    public let number: UInt32
}

/// The rows that take one message to its targets: `SubscriptionTable.match(_:_:)`.
public struct Matches: Sendable {
    let start: Int
    /// How many targets there are, each with the row that carries the message there.
    public let count: Int
    /// How many further rows match, whose targets have the message by one of the others. They follow the `count`.
    public let covered: Int
    /// Whether they are in the table's list of merged runs, not in one run of its rows.
    let isMerged: Bool
    /// Two matches of one table with the same number are of the same topic; 0 says nothing.
    public internal(set) var topicNumber: UInt64 = 0
}
