import Bytes

/// Reads the one response to a request off a connection's input, client side; `1xx` responses before it are passed over.
public struct HTTPResponseParser: ~Copyable {
    private enum State {
        case startLine
        case headers
        case body
        case done
        case failed(HTTPError)
    }

    /// `1xx` responses before the real one; more is a server that never answers.
    private static let maximumInterimResponses = 8

    private let limits: HTTPLimits
    private let isAnswerToHead: Bool
    private var response = HTTPResponse()
    private var state = State.startLine
    private var lines = HTTPLineReader()
    private var bodyReader = HTTPBodyReader()
    private var interimResponses = 0

    /// - Parameter isAnswerToHead: the request was HEAD, so that no body follows whatever the headers say.
    public init(limits: HTTPLimits = HTTPLimits(), isAnswerToHead: Bool = false) {
        self.limits = limits
        self.isAnswerToHead = isAnswerToHead
    }

    /// The response once it is complete, nil where more bytes are needed.
    public mutating func next(from buffer: inout ByteBuffer) throws(HTTPError) -> HTTPResponse? {
        if case .failed(let error) = state { throw error }
        do {
            return try advance(&buffer) ? response : nil
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Says that the connection has ended: the response, where it ends there.
    public mutating func end() throws(HTTPError) -> HTTPResponse {
        if case .failed(let error) = state { throw error }
        if case .body = state, bodyReader.endsAtClose { state = .done }
        guard case .done = state else { throw .truncated }
        return response
    }

    private mutating func advance(_ buffer: inout ByteBuffer) throws(HTTPError) -> Bool {
        while true {
            switch state {
            case .startLine:
                let limit = limits.lineBytes
                guard let length = try lines.line(in: buffer, limit: limit, excess: .lineTooLong) else { return false }
                try response.readStartLine(buffer.bytes.extracting(0..<length))
                buffer.consume(length + 2)
                state = .headers
            case .headers:
                guard try readHeaders(&buffer) else { return false }
                try startBody()
            case .body:
                guard try bodyReader.read(from: &buffer, into: &response.body, limits) else { return false }
                state = .done
            case .done:
                return true
            case .failed(let error):
                throw error
            }
        }
    }

    private mutating func readHeaders(_ buffer: inout ByteBuffer) throws(HTTPError) -> Bool {
        while true {
            let limit = limits.headerBytes - response.headers.size
            guard let length = try lines.line(in: buffer, limit: limit, excess: .headersTooLarge) else { return false }
            if length == 0 {
                buffer.consume(2)
                return true
            }
            guard response.headers.count < limits.headerCount else { throw .headersTooLarge }
            try response.headers.append(buffer.bytes.extracting(0..<length))
            buffer.consume(length + 2)
        }
    }

    /// RFC 9112 section 6.3.
    private mutating func startBody() throws(HTTPError) {
        if response.status.code < 200 {
            interimResponses += 1
            guard interimResponses <= HTTPResponseParser.maximumInterimResponses else { throw .malformedStartLine }
            response = HTTPResponse()
            state = .startLine
            return
        }
        state = .body
        let headers = response.headers
        if headers.list("Connection", contains: "close") { response.keepsAlive = false }
        if isAnswerToHead || response.status.hasNoBody {
            bodyReader.startFixed(0)
        } else if headers.occurrences("Transfer-Encoding") > 0 {
            try headers.checkChunked()
            bodyReader.startChunked()
        } else if let length = try headers.contentLength() {
            guard length <= limits.bodyBytes else { throw .bodyTooLarge }
            bodyReader.startFixed(length)
        } else {
            response.keepsAlive = false
            bodyReader.startUntilClose()
        }
    }
}
