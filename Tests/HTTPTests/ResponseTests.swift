import Bytes
import Testing

@testable import HTTP

@Suite("HTTP responses")
struct ResponseTests {
    func response(_ text: String, piece: Int, head: Bool = false) throws(HTTPError) -> HTTPResponse? {
        var parser = HTTPResponseParser(isAnswerToHead: head)
        var buffer = ByteBuffer()
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            buffer.append(Array(bytes[start..<min(start + piece, bytes.count)]))
            start += piece
            if let response = try parser.next(from: &buffer) { return response }
        }
        return try parser.end()
    }

    @Test("what the writer writes, the parser reads, in any pieces")
    func roundTrip() throws {
        var buffer = ByteBuffer()
        HTTPWriter.beginResponse(.ok, to: &buffer)
        HTTPWriter.header("X-Amz-Function-Error", "" as StaticString, to: &buffer)
        HTTPWriter.header("X-Amz-InvocationId", Array("id-1".utf8), to: &buffer)
        HTTPWriter.end(Array("{}".utf8), keepsAlive: true, to: &buffer)
        let text = buffer.copy().text
        #expect(
            text
                == "HTTP/1.1 200 OK\r\nX-Amz-Function-Error: \r\nX-Amz-InvocationId: id-1\r\nContent-Length: 2\r\n\r\n{}"
        )
        for piece in 1...text.utf8.count {
            let read = try #require(try response(text, piece: piece))
            #expect(read.status == .ok)
            #expect(read.headers.value("x-amz-function-error")?.isEmpty == true)
            #expect(read.body.text == "{}")
            #expect(read.keepsAlive)
        }
    }

    @Test("a value cannot start a header line of its own")
    func injection() {
        var buffer = ByteBuffer()
        HTTPWriter.header("X", "a\r\nSet: b\u{0}" as String, to: &buffer)
        HTTPWriter.header("X", Array("a\r\nSet: b".utf8), to: &buffer)
        #expect(buffer.copy().text == "X: a  Set: b \r\nX: a  Set: b\r\n")
    }

    @Test("a body ends by length, by chunks, by the end of the connection, or is not there")
    func framing() throws {
        let head = "HTTP/1.1 200 OK\r\n"
        for piece in [1, 3, 1000] {
            #expect(try response(head + "Content-Length: 3\r\n\r\nabcdef", piece: piece)?.body.text == "abc")
            let chunked = "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
            #expect(try response(head + chunked, piece: piece)?.body.text == "abc")
            let closed = try response(head + "\r\nabc", piece: piece)
            #expect(closed?.body.text == "abc")
            #expect(closed?.keepsAlive == false)
            #expect(try response("HTTP/1.1 204 No Content\r\n\r\n", piece: piece)?.body.isEmpty == true)
            #expect(try response(head + "Content-Length: 3\r\n\r\n", piece: piece, head: true)?.body.isEmpty == true)
            let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404\r\nContent-Length: 1\r\n\r\nx"
            #expect(try response(interim, piece: piece)?.status == .notFound)
        }
    }

    @Test("a response that breaks off or is no HTTP is an error")
    func broken() {
        #expect(throws: HTTPError.truncated) {
            try response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", piece: 9)
        }
        #expect(throws: HTTPError.truncated) { try response("HTTP/1.1 200", piece: 9) }
        #expect(throws: HTTPError.malformedStartLine) { try response("SSH-2.0-OpenSSH\r\n", piece: 9) }
        #expect(throws: HTTPError.malformedStartLine) { try response("HTTP/1.1 2x0 OK\r\n", piece: 9) }
        #expect(throws: HTTPError.malformedStartLine) {
            try response(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9), piece: 9)
        }
    }
}
