/// One row of the group's subscription table: the permission to send messages whose topic matches `subject` from
/// `source` to `target`, in this direction only (MSG-01, MSG-02; guide: connectors-cli.md, gg-sec.md).
public struct Subscription: Hashable, Sendable {
    /// Unique within the group.
    public var id: String
    public var source: Endpoint
    /// A topic or topic filter, UTF-8. See `SubscriptionTable` for what its wildcards match.
    public var subject: [UInt8]
    public var target: Endpoint

    public init(id: String, source: Endpoint, subject: [UInt8], target: Endpoint) {
        self.id = id
        self.source = source
        self.subject = subject
        self.target = target
    }
}
