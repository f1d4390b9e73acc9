import Bytes

/// Writes messages to a buffer, piece by piece and without allocating: a start line, header lines, then `end`.
public enum HTTPWriter {
    /// `HTTP/1.1 200 OK`.
    public static func beginResponse(_ status: HTTPStatus, to buffer: inout ByteBuffer) {
        buffer.append("HTTP/1.1 ")
        buffer.append(decimal: Int64(status.code))
        buffer.append(UInt8(ascii: " "))
        buffer.append(status.reason)
        buffer.append("\r\n")
    }

    /// `GET /path HTTP/1.1` with a `Host`; `target` is already percent-encoded.
    public static func beginRequest(
        _ method: StaticString, target: StaticString, host: StaticString = "localhost", to buffer: inout ByteBuffer
    ) {
        buffer.append(method)
        buffer.append(UInt8(ascii: " "))
        buffer.append(target)
        buffer.append(" HTTP/1.1\r\n")
        header("Host", host, to: &buffer)
    }

    public static func header(_ name: StaticString, _ value: StaticString, to buffer: inout ByteBuffer) {
        buffer.append(name)
        buffer.append(": ")
        buffer.append(value)
        buffer.append("\r\n")
    }

    /// A value from anywhere: control characters become blanks, so that no value can start a line of its own.
    public static func header(_ name: StaticString, _ value: Span<UInt8>, to buffer: inout ByteBuffer) {
        buffer.append(name)
        buffer.append(": ")
        for index in value.indices {
            buffer.append(HTTPSyntax.isValueByte(value[index]) ? value[index] : UInt8(ascii: " "))
        }
        buffer.append("\r\n")
    }

    public static func header(_ name: StaticString, _ value: [UInt8], to buffer: inout ByteBuffer) {
        header(name, value.span, to: &buffer)
    }

    public static func header(_ name: StaticString, _ value: String, to buffer: inout ByteBuffer) {
        buffer.append(name)
        buffer.append(": ")
        for byte in value.utf8 { buffer.append(HTTPSyntax.isValueByte(byte) ? byte : UInt8(ascii: " ")) }
        buffer.append("\r\n")
    }

    /// The length, whether the connection ends after this message, the empty line and the body.
    public static func end(_ body: Span<UInt8>, keepsAlive: Bool, to buffer: inout ByteBuffer) {
        endHead(length: body.count, keepsAlive: keepsAlive, to: &buffer)
        buffer.append(body)
    }

    public static func end(_ body: [UInt8], keepsAlive: Bool, to buffer: inout ByteBuffer) {
        end(body.span, keepsAlive: keepsAlive, to: &buffer)
    }

    public static func end(_ body: StaticString = "", keepsAlive: Bool, to buffer: inout ByteBuffer) {
        endHead(length: body.utf8CodeUnitCount, keepsAlive: keepsAlive, to: &buffer)
        buffer.append(body)
    }

    /// The end of a head whose body of `length` bytes is not sent (an answer to HEAD) or follows by other means.
    public static func endHead(length: Int, keepsAlive: Bool, to buffer: inout ByteBuffer) {
        if !keepsAlive { buffer.append("Connection: close\r\n") }
        buffer.append("Content-Length: ")
        buffer.append(decimal: Int64(length))
        buffer.append("\r\n\r\n")
    }

    /// `100 Continue`, for a client that waits with the body.
    public static func continueResponse(to buffer: inout ByteBuffer) {
        buffer.append("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// The answer to a request that could not be read; close the connection after it.
    public static func errorResponse(_ error: HTTPError, to buffer: inout ByteBuffer) {
        beginResponse(error.status, to: &buffer)
        header("Content-Type", "text/plain", to: &buffer)
        let text = error.description.bytes
        end(text, keepsAlive: false, to: &buffer)
    }
}
