import Bytes
import HTTP

/// What a server is asked for over HTTPS.
public struct HTTPSRequest {
    public var method: StaticString
    /// Path and query, percent-encoded.
    public var target: String
    /// Beside `Host`, `User-Agent` and the body's length.
    public var headers: [(name: StaticString, value: String)]
    /// nil for a request without one.
    public var body: [UInt8]?

    public init(
        _ method: StaticString = "GET", _ target: String, headers: [(name: StaticString, value: String)] = [],
        body: [UInt8]? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// HEAD, whose answer has no body whatever its headers say.
    var isHead: Bool { method.utf8CodeUnitCount == 4 && method.utf8Start[0] == UInt8(ascii: "H") }

    /// Whether the target may stand in a request's first line: anything else could begin a line of its own.
    var isValid: Bool {
        for byte in target.utf8 where byte <= 0x20 || byte >= 0x7F { return false }
        return target.hasPrefix("/")
    }

    /// Writes the whole request. The server closes after its answer: the next request has a connection of its own.
    func write(to place: HostAndPort, _ output: inout ByteBuffer) {
        output.append(method)
        output.append(UInt8(ascii: " "))
        output.append(utf8: target)
        output.append(" HTTP/1.1\r\n")
        HTTPWriter.header("Host", place.authority(standardPort: 443), to: &output)
        HTTPWriter.header("User-Agent", "perennial" as StaticString, to: &output)
        for header in headers { HTTPWriter.header(header.name, header.value, to: &output) }
        if let body {
            HTTPWriter.end(body, keepsAlive: false, to: &output)
        } else {
            output.append("Connection: close\r\n\r\n")
        }
    }
}
