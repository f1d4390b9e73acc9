import Group

/// An end that may publish, looked up once: `Router.source(_:)`. What it has published is counted here.
public final class MessageSource {
    public let endpoint: Endpoint
    /// nil where no row of the table has the end as its source: whatever it publishes is discarded.
    let handle: SourceID?
    /// Messages that it has published.
    public internal(set) var published: UInt64 = 0
    /// Those of them that no row of the table matched.
    public internal(set) var withoutRoute: UInt64 = 0

    init(endpoint: Endpoint, handle: SourceID?) {
        self.endpoint = endpoint
        self.handle = handle
    }
}
