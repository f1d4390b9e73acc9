/// What one HTTP message may cost. Everything here is refused with the status that RFC 9110 section 15.5 and RFC 6585
/// give it.
public struct HTTPLimits: Sendable {
    /// The longest start line in bytes; RFC 9112 section 3 recommends to take at least 8,000.
    public static let defaultLineBytes = 8_192

    /// All header lines together in bytes. A function's client context travels in one (base64); the cloud's
    /// Lambda API takes 3,583 bytes of it, the local IPC is more generous.
    public static let defaultHeaderBytes = 65_536

    /// Header lines of one message; HTTP clients send about ten.
    public static let defaultHeaderCount = 64

    /// The body in bytes: the cloud's Lambda API takes 6 MB of payload for a synchronous invocation.
    public static let defaultBodyBytes: Int64 = 6_291_456

    /// A chunk's size line with its extensions, in bytes.
    public static let chunkLineBytes = 256

    public var lineBytes: Int
    public var headerBytes: Int
    public var headerCount: Int
    public var bodyBytes: Int64

    public init(
        lineBytes: Int = defaultLineBytes, headerBytes: Int = defaultHeaderBytes,
        headerCount: Int = defaultHeaderCount, bodyBytes: Int64 = defaultBodyBytes
    ) {
        self.lineBytes = lineBytes
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.bodyBytes = bodyBytes
    }
}
