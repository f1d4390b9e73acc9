/// Why a message is refused. The connection cannot be used after it: where the next message would start is unknown.
public enum HTTPError: Error, Equatable, Sendable {
    /// A carriage return or a line feed alone (RFC 9112 section 2.2).
    case bareLineBreak
    /// A control character in the start line or a header.
    case controlCharacter
    /// The start line is not `METHOD SP TARGET SP VERSION` or, of a response, `VERSION SP STATUS SP REASON`.
    case malformedStartLine
    /// The target is neither a path, a URI of the scheme http, nor `*`, or its percent escapes are wrong.
    case malformedTarget
    case unsupportedVersion
    /// No name, a character that is not allowed in one, or white space before the colon (RFC 9112 section 5.1).
    case malformedHeader
    /// A header continued on the next line (RFC 9112 section 5.2).
    case foldedHeader
    /// No `Host` in a request of HTTP/1.1, or two (RFC 9112 section 3.2).
    case hostMissingOrRepeated
    /// Not one decimal number (RFC 9112 section 6.3).
    case malformedContentLength
    /// More than one `Content-Length`, or one together with `Transfer-Encoding`: two readers could disagree about where
    /// the message ends (RFC 9112 section 11.2).
    case ambiguousLength
    /// A transfer coding other than `chunked`.
    case unsupportedTransferCoding
    case malformedChunk
    case lineTooLong
    case headersTooLarge
    case bodyTooLarge
    /// The connection ended inside a message.
    case truncated
}

extension HTTPError {
    /// The status to answer with before the connection is closed.
    public var status: HTTPStatus {
        switch self {
        case .lineTooLong: .uriTooLong
        case .headersTooLarge: .headersTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedVersion: .versionNotSupported
        case .unsupportedTransferCoding: .notImplemented
        default: .badRequest
        }
    }
}

extension HTTPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bareLineBreak: "a line ends without CR LF"
        case .controlCharacter: "a control character in the start line or a header"
        case .malformedStartLine: "the first line is not one of HTTP/1.1"
        case .malformedTarget: "the request's target is not a valid path"
        case .unsupportedVersion: "only HTTP/1.1 and HTTP/1.0 are spoken here"
        case .malformedHeader: "a malformed header line"
        case .foldedHeader: "a header is continued on a second line"
        case .hostMissingOrRepeated: "exactly one Host header is needed"
        case .malformedContentLength: "Content-Length is not a number"
        case .ambiguousLength: "the body's length is given in two ways"
        case .unsupportedTransferCoding: "the only transfer coding understood is chunked"
        case .malformedChunk: "a malformed chunk in the body"
        case .lineTooLong: "the first line is too long"
        case .headersTooLarge: "too many or too large headers"
        case .bodyTooLarge: "the body is too large"
        case .truncated: "the connection ended inside a message"
        }
    }
}
