/// One request. The parser fills the same object for each request of a connection: what outlives the handling of the
/// request is copied or taken (`takeBody`).
public final class HTTPRequest {
    public internal(set) var method = HTTPMethod.get

    /// The path with its percent escapes decoded (RFC 3986 section 2.1), without the query.
    public internal(set) var path: [UInt8] = []

    /// What follows the first `?` of the target, as it came; nil where there is none.
    public internal(set) var query: [UInt8]?

    public internal(set) var headers = HTTPHeaders()

    public internal(set) var body: [UInt8] = []

    /// Whether the client leaves the connection open for another request (RFC 9112 section 9.3).
    public internal(set) var keepsAlive = true

    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public internal(set) var minorVersion: UInt8 = 1

    /// A body's storage above this many bytes is not kept for the next request.
    private static let maximumKeptCapacity = 65_536

    init() {}

    /// The body, without copying it; `body` is empty after it.
    public func takeBody() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        return taken
    }

    func reset() {
        method = .get
        path.removeAll(keepingCapacity: true)
        query = nil
        headers.removeAll()
        body.removeAll(keepingCapacity: body.capacity <= HTTPRequest.maximumKeptCapacity)
        keepsAlive = true
        minorVersion = 1
    }
}
