import Group

/// An end that may publish, looked up once: `Router.source(_:)`.
public final class MessageSource {
    public let endpoint: Endpoint
    /// nil where no row of the table has the end as its source: whatever it publishes is discarded.
    let handle: SourceID?

    init(endpoint: Endpoint, handle: SourceID?) {
        self.endpoint = endpoint
        self.handle = handle
    }
}
