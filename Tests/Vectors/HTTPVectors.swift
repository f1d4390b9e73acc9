import Bytes
import HTTP

public enum HTTPVectors {
    public static func run(_ checker: Checker) {
        accepted(checker)
        rejected(checker)
        responses(checker)
    }

    /// "method path?query body" of each request that comes out, the error's status at the end.
    private static func outcome(_ text: String, piece: Int, limits: HTTPLimits = HTTPLimits()) -> String {
        var parser = HTTPRequestParser(limits: limits)
        var buffer = ByteBuffer()
        let bytes = text.bytes
        var start = 0
        var outcome = ""
        do throws(HTTPError) {
            while start < bytes.count {
                buffer.append([UInt8](bytes[start..<min(start + piece, bytes.count)]))
                start += piece
                while let request = try parser.next(from: &buffer) {
                    outcome += request.method == .post ? "P" : request.method == .get ? "G" : "-"
                    outcome += request.path.text + (request.query.map { "?" + $0.text } ?? "")
                    outcome += "<" + request.body.text + (request.keepsAlive ? ">" : ".")
                }
            }
        } catch {
            outcome += "\(error.status.code)"
        }
        return outcome
    }

    private static func accepted(_ checker: Checker) {
        let host = " HTTP/1.1\r\nHost: h\r\n"
        let vectors: [(String, String)] = [
            ("GET /a%3ab?q=%20\(host)\r\n", "G/a:b?q=%20<>"),
            ("POST /\(host)\r\nGET /2\(host)Connection: close\r\n\r\n", "P/<>G/2<."),
            ("POST /\(host)content-length: 003\r\n\r\nabc", "P/<abc>"),
            (
                "POST /\(host)Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n00001\r\nc\r\n0\r\nT: t\r\n\r\n",
                "P/<abc>"
            ),
            ("\r\nGET http://h:8000/p\(host)\r\n", "G/p<>"), ("GET / HTTP/1.0\r\n\r\n", "G/<."),
            ("TRACE *\(host)\r\n", "-*<>"), ("GET /\(host)X:\t\u{e9} \r\n\r\n", "G/<>"),
        ]
        for (text, expected) in vectors {
            for piece in [1, 2, 3, 7, 4_096] {
                checker.expect(outcome(text, piece: piece), is: expected, "HTTP request in pieces of \(piece)")
            }
        }
    }

    private static func rejected(_ checker: Checker) {
        let host = " HTTP/1.1\r\nHost: h\r\n"
        let vectors: [(String, String)] = [
            ("GET /\r\n\r\n", "400"), ("GET / HTTP/2.0\r\n\r\n", "505"), ("GET / HTTP/1.1\r\n\r\n", "400"),
            ("GET /%zz\(host)\r\n", "400"), ("GET /%00\(host)\r\n", "400"), ("GET /\(host)Host: i\r\n\r\n", "400"),
            ("GET /\(host)A: b\n\r\n", "400"), ("GET /\(host)A: b\r\n c\r\n\r\n", "400"),
            ("GET /\(host)A : b\r\n\r\n", "400"), ("GET /\(host)Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "400"),
            ("GET /\(host)Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
            ("GET /\(host)Transfer-Encoding: gzip\r\n\r\n", "501"),
            ("GET /\(host)Content-Length: 4294967297\r\n\r\n", "413"),
            ("GET /\(host)Content-Length: 6291457\r\n\r\n", "413"),
            ("GET /\(host)Content-Length: 9223372036854775807\r\n\r\n", "413"),
            ("GET /\(host)Content-Length: 9223372036854775808\r\n\r\n", "400"),
            ("GET /\(host)Transfer-Encoding: chunked\r\n\r\n100000001\r\n", "413"),
            ("GET /\(host)Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", "413"),
            ("GET /\(host)Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "413"),
            ("GET /\(host)Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "400"),
        ]
        for (text, expected) in vectors {
            for piece in [1, 5, 4_096] {
                checker.expect(outcome(text, piece: piece), is: expected, "HTTP request that is refused")
            }
        }
        var long = ""
        for _ in 0..<9_000 { long += "a" }
        checker.expect(outcome("GET /" + long, piece: 4_096), is: "414", "a start line that is too long")
        checker.expect(
            outcome("GET /\(host)A: " + long, piece: 64, limits: HTTPLimits(headerBytes: 8_000)), is: "431", "")
    }

    private static func responses(_ checker: Checker) {
        var buffer = ByteBuffer()
        HTTPWriter.continueResponse(to: &buffer)
        HTTPWriter.beginResponse(.accepted, to: &buffer)
        HTTPWriter.header("X-Amz-InvocationId", "a\r\nb" as String, to: &buffer)
        HTTPWriter.end("body", keepsAlive: false, to: &buffer)
        var parser = HTTPResponseParser()
        guard let response = try? parser.next(from: &buffer) else {
            return checker.expect(false, "HTTP response is not read back")
        }
        checker.expect(response.status == .accepted && !response.keepsAlive, "HTTP response status")
        checker.expect(response.body.text, is: "body", "HTTP response body")
        let value = response.headers.value("x-amz-invocationid").map { [UInt8]($0).text }
        checker.expect(value ?? "", is: "a  b", "HTTP response header")
    }
}
