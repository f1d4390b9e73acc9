/// One response, as a client reads it.
public final class HTTPResponse {
    public internal(set) var status = HTTPStatus.ok
    public internal(set) var headers = HTTPHeaders()
    public internal(set) var body: [UInt8] = []

    /// Whether the server leaves the connection open for another request (RFC 9112 section 9.3).
    public internal(set) var keepsAlive = true

    init() {}

    /// `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 section 4); the last blank may be missing.
    func readStartLine(_ line: Span<UInt8>) throws(HTTPError) {
        for index in line.indices where !HTTPSyntax.isValueByte(line[index]) { throw .controlCharacter }
        guard line.count >= 12, line[8] == 0x20, line.count == 12 || line[12] == 0x20,
            let code = HTTPSyntax.decimal(line.extracting(9..<12)), code >= 100
        else { throw .malformedStartLine }
        keepsAlive = try HTTPRequest.minorVersion(line.extracting(0..<8)) > 0
        status = HTTPStatus(code: UInt16(code))
    }
}
