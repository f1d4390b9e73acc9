import Group

/// An end that may publish, looked up once: `Router.source(_:)`.
public struct MessageSource {
    public let endpoint: Endpoint
    /// nil where no row of the table has the end as its source: whatever it publishes is discarded.
    let handle: SourceID?
}
