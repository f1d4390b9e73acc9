import Bytes

/// Reads requests off a connection's input, as many as there are (HTTP/1.1 pipelining), server side.
///
/// Strict where two readers could disagree about where a request ends (RFC 9112 sections 2.2, 5, 6 and 11.2):
/// what is ambiguous is an error, and after an error nothing more is read.
public struct HTTPRequestParser: ~Copyable {
    private enum State {
        case startLine
        case headers
        case body
        case failed(HTTPError)
    }

    private let limits: HTTPLimits
    private let request = HTTPRequest()
    private var state = State.startLine
    private var lines = HTTPLineReader()
    private var bodyReader = HTTPBodyReader()
    private var hasSkippedEmptyLine = false

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1): write one and
    /// set it back.
    public var wantsContinue = false

    /// The request of which the head has come and the body not yet; nil between requests and inside a head.
    public var head: HTTPRequest? {
        if case .body = state { request } else { nil }
    }

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether a request has begun to arrive that is not complete.
    public var isInsideRequest: Bool {
        if case .startLine = state { false } else { true }
    }

    /// The next complete request, or nil where more bytes are needed. The request's bytes are consumed; the object is
    /// filled anew by the next call.
    public mutating func next(from buffer: inout ByteBuffer) throws(HTTPError) -> HTTPRequest? {
        if case .failed(let error) = state { throw error }
        do {
            return try advance(&buffer) ? request : nil
        } catch {
            state = .failed(error)
            throw error
        }
    }

    private mutating func advance(_ buffer: inout ByteBuffer) throws(HTTPError) -> Bool {
        if case .startLine = state {
            guard try readStartLine(&buffer) else { return false }
        }
        if case .headers = state {
            guard try readHeaders(&buffer) else { return false }
            try startBody()
            state = .body
        }
        guard try bodyReader.read(from: &buffer, into: &request.body, limits) else { return false }
        state = .startLine
        hasSkippedEmptyLine = false
        wantsContinue = false
        return true
    }

    private mutating func readStartLine(_ buffer: inout ByteBuffer) throws(HTTPError) -> Bool {
        while true {
            let limit = limits.lineBytes
            guard let length = try lines.line(in: buffer, limit: limit, excess: .lineTooLong) else { return false }
            // One empty line before a request is passed over (RFC 9112 section 2.2).
            if length == 0, !hasSkippedEmptyLine {
                hasSkippedEmptyLine = true
                buffer.consume(2)
                continue
            }
            request.reset()
            try request.readStartLine(buffer.bytes.extracting(0..<length))
            buffer.consume(length + 2)
            state = .headers
            return true
        }
    }

    private mutating func readHeaders(_ buffer: inout ByteBuffer) throws(HTTPError) -> Bool {
        while true {
            let limit = limits.headerBytes - request.headers.size
            guard let length = try lines.line(in: buffer, limit: limit, excess: .headersTooLarge) else { return false }
            if length == 0 {
                buffer.consume(2)
                return true
            }
            guard request.headers.count < limits.headerCount else { throw .headersTooLarge }
            try request.headers.append(buffer.bytes.extracting(0..<length))
            buffer.consume(length + 2)
        }
    }

    /// RFC 9112 sections 3.2, 6.3 and 9.3.
    private mutating func startBody() throws(HTTPError) {
        let headers = request.headers
        let hosts = headers.occurrences("Host")
        guard hosts == 1 || hosts == 0 && request.minorVersion == 0 else { throw .hostMissingOrRepeated }
        request.keepsAlive =
            request.minorVersion == 0
            ? headers.list("Connection", contains: "keep-alive") && !headers.list("Connection", contains: "close")
            : !headers.list("Connection", contains: "close")
        if headers.occurrences("Transfer-Encoding") > 0 {
            // HTTP/1.0 has no transfer codings: who sends one may be misread on the way (RFC 9112 section 6.1).
            guard request.minorVersion > 0 else { throw .ambiguousLength }
            try headers.checkChunked()
            bodyReader.startChunked()
        } else {
            let length = try headers.contentLength() ?? 0
            guard length <= limits.bodyBytes else { throw .bodyTooLarge }
            bodyReader.startFixed(length)
            if length == 0 { return }
        }
        wantsContinue = request.minorVersion > 0 && headers.list("Expect", contains: "100-continue")
    }
}
