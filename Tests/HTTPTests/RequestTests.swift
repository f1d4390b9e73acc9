import Bytes
import Testing

@testable import HTTP

/// What a request said, for comparison.
struct Seen: Equatable {
    var method = HTTPMethod.get
    var path = ""
    var query: String?
    var body = ""
    var keepsAlive = true
}

/// Everything that comes out of the bytes when they arrive in pieces of the given size.
func requests(_ text: String, piece: Int, limits: HTTPLimits = HTTPLimits()) -> ([Seen], HTTPError?) {
    var parser = HTTPRequestParser(limits: limits)
    var buffer = ByteBuffer()
    var seen: [Seen] = []
    let bytes = Array(text.utf8)
    var start = 0
    do throws(HTTPError) {
        while start < bytes.count {
            buffer.append(Array(bytes[start..<min(start + piece, bytes.count)]))
            start += piece
            while let request = try parser.next(from: &buffer) {
                seen.append(
                    Seen(
                        method: request.method, path: request.path.text, query: request.query?.text,
                        body: request.body.text, keepsAlive: request.keepsAlive))
            }
        }
    } catch {
        return (seen, error)
    }
    return (seen, nil)
}

/// The same for any split, or the test fails.
func requests(_ text: String, limits: HTTPLimits = HTTPLimits()) -> ([Seen], HTTPError?) {
    let whole = requests(text, piece: text.utf8.count, limits: limits)
    for piece in 1...7 {
        let split = requests(text, piece: piece, limits: limits)
        #expect(split.0 == whole.0 && split.1 == whole.1, "in pieces of \(piece)")
    }
    return whole
}

let hosted = " HTTP/1.1\r\nHost: localhost\r\n"

@Suite("HTTP requests")
struct RequestTests {
    @Test("a request of the function protocol is read with its raw colons and its headers")
    func invoke() throws {
        var parser = HTTPRequestParser()
        var buffer = ByteBuffer()
        buffer.append(
            """
            POST /2016-11-01/functions/arn:aws:lambda:us-east-1:123:function:f:1 HTTP/1.1\r
            Host: localhost:8000\r
            authorization: Basic abc= \r
            X-Amz-Client-Context:\r
            Content-Length: 4\r
            \r
            body
            """)
        let parsed = try parser.next(from: &buffer)
        let request = try #require(parsed)
        #expect(request.method == .post)
        #expect(request.path.text == "/2016-11-01/functions/arn:aws:lambda:us-east-1:123:function:f:1")
        #expect(request.headers.value("Authorization").map { Array($0).text } == "Basic abc=")
        #expect(request.headers.value("x-amz-client-context")?.isEmpty == true)
        #expect(request.headers.value("X-Amz-InvocationId") == nil)
        #expect(request.takeBody().text == "body")
        #expect(request.body.isEmpty)
        let left = buffer.count
        #expect(left == 0)
        let further = try parser.next(from: &buffer)
        #expect(further == nil)
    }

    @Test("percent escapes in the path are decoded, the query is kept as it came")
    func paths() {
        let (seen, error) = requests("GET /a%3Ab%20c?x=%3A&y HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(error == nil)
        #expect(seen == [Seen(path: "/a:b c", query: "x=%3A&y")])
        #expect(requests("GET http://localhost:8000/p?q\(hosted)\r\n").0 == [Seen(path: "/p", query: "q")])
        #expect(requests("GET http://localhost\(hosted)\r\n").0 == [Seen(path: "/")])
        #expect(requests("OPTIONS *\(hosted)\r\n").0 == [Seen(method: .other, path: "*")])
        for target in ["/%", "/%4", "/%zz", "/%00", "x", "/a#b", "http://", "ftp://h/", "/\u{e9}", "**"] {
            #expect(requests("GET \(target)\(hosted)\r\n").1 == .malformedTarget, "\(target)")
        }
    }

    @Test("requests that follow each other without waiting are all read, in order")
    func pipelining() {
        let text =
            "PUT /1\(hosted)Content-Length: 3\r\n\r\nabc"
            + "GET /2\(hosted)\r\n"
            + "POST /3\(hosted)Transfer-Encoding: Chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0a \r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
            + "\r\nDELETE /4\(hosted)Connection: x, Close\r\n\r\n"
        let (seen, error) = requests(text)
        #expect(error == nil)
        #expect(
            seen == [
                Seen(method: .put, path: "/1", body: "abc"), Seen(path: "/2"),
                Seen(method: .post, path: "/3", body: "abc0123456789"),
                Seen(method: .delete, path: "/4", keepsAlive: false),
            ])
    }

    @Test("a POST without a length has no body")
    func noLength() {
        #expect(requests("POST /\(hosted)\r\n").0 == [Seen(method: .post, path: "/")])
    }

    @Test("HTTP/1.0 closes unless asked, and needs no Host")
    func oldVersion() {
        #expect(requests("GET / HTTP/1.0\r\n\r\n").0 == [Seen(path: "/", keepsAlive: false)])
        #expect(requests("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").0 == [Seen(path: "/", keepsAlive: true)])
        #expect(requests("GET / HTTP/1.2\r\nHost: h\r\n\r\n").0 == [Seen(path: "/")])
    }

    @Test("a client that waits with its body is told about, until the body comes")
    func expectation() throws {
        var parser = HTTPRequestParser()
        var buffer = ByteBuffer()
        buffer.append("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        let early = try parser.next(from: &buffer)
        let isWaiting = parser.wantsContinue
        #expect(early == nil)
        #expect(isWaiting)
        buffer.append("ab")
        let body = try parser.next(from: &buffer)?.body.text
        let isStillWaiting = parser.wantsContinue || parser.isInsideRequest
        #expect(body == "ab")
        #expect(!isStillWaiting)
    }

    @Test(
        "what two readers could understand differently is refused",
        arguments: [
            ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", HTTPError.ambiguousLength),
            ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", .ambiguousLength),
            ("Content-Length: 3\r\nContent-Length: 3\r\n", .ambiguousLength),
            ("Content-Length: 3, 3\r\n", .malformedContentLength),
            ("Content-Length: +3\r\n", .malformedContentLength),
            ("Content-Length: -3\r\n", .malformedContentLength),
            ("Content-Length: 0x3\r\n", .malformedContentLength),
            ("Content-Length: 3 3\r\n", .malformedContentLength),
            ("Content-Length:\r\n", .malformedContentLength),
            ("Content-Length: 99999999999999999999\r\n", .malformedContentLength),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", .ambiguousLength),
            ("Transfer-Encoding: chunked, chunked\r\n", .unsupportedTransferCoding),
            ("Transfer-Encoding: gzip, chunked\r\n", .unsupportedTransferCoding),
            ("Transfer-Encoding: identity\r\n", .unsupportedTransferCoding),
            ("Transfer-Encoding: xchunked\r\n", .unsupportedTransferCoding),
            ("Transfer-Encoding:\u{b}chunked\r\n", .controlCharacter),
            ("Content-Length : 3\r\n", .malformedHeader),
            ("Content-Length\u{0}: 3\r\n", .malformedHeader),
            ("X: a\u{0}b\r\n", .controlCharacter),
            ("X: a\r\n folded\r\n", .foldedHeader),
            ("X: a\r\n\tfolded\r\n", .foldedHeader),
            (" X: a\r\n", .foldedHeader),
            (": a\r\n", .malformedHeader),
            ("no colon\r\n", .malformedHeader),
            ("X: a\nContent-Length: 3\r\n", .bareLineBreak),
            ("X: a\rContent-Length: 3\r\n", .bareLineBreak),
            ("X: a\r\r\n", .bareLineBreak),
            ("Host: other\r\n", .hostMissingOrRepeated),
        ])
    func smuggling(headers: String, expected: HTTPError) {
        let (seen, error) = requests("POST /\(hosted)\(headers)\r\nabcGET /hidden\(hosted)\r\n")
        #expect(seen.isEmpty)
        #expect(error == expected)
    }

    @Test(
        "start lines that are not HTTP/1 are refused",
        arguments: [
            ("GET /", HTTPError.malformedStartLine), ("GET", .malformedStartLine),
            ("GET  / HTTP/1.1", .malformedStartLine),
            ("GET / HTTP/1.1 ", .malformedStartLine), (" GET / HTTP/1.1", .malformedStartLine),
            ("GET / http/1.1", .malformedStartLine), ("GET / HTTP/1", .malformedStartLine),
            ("GET / HTTP/11.1", .malformedStartLine), ("G(T / HTTP/1.1", .malformedStartLine),
            ("GET / HTTP/2.0", .unsupportedVersion), ("PRI * HTTP/2.0", .unsupportedVersion),
            ("GET /\u{7F} HTTP/1.1", .controlCharacter), ("GET\t/ HTTP/1.1", .controlCharacter),
            ("\u{16}\u{3}\u{1}", .controlCharacter), ("GET / HTTP/1.1\r\n", .hostMissingOrRepeated),
        ])
    func startLines(line: String, expected: HTTPError) {
        #expect(requests(line + "\r\n\r\n").1 == expected)
    }

    @Test(
        "malformed chunks are refused",
        arguments: ["x\r\n", "\r\n", "-1\r\n", "3 x\r\nabc\r\n", "3\r\nabcd\r\n", "3;\u{0}\r\n", "3\r\nabc0\r\n"])
    func chunks(body: String) {
        #expect(requests("POST /\(hosted)Transfer-Encoding: chunked\r\n\r\n\(body)").1 == .malformedChunk)
    }

    @Test("every size has a limit, and one less passes")
    func limits() {
        let limits = HTTPLimits(lineBytes: 100, headerBytes: 200, headerCount: 4, bodyBytes: 10)
        func error(_ text: String) -> HTTPError? { requests(text, limits: limits).1 }
        #expect(error("GET /" + String(repeating: "a", count: 86) + hosted + "\r\n") == nil)
        #expect(error("GET /" + String(repeating: "a", count: 87) + hosted + "\r\n") == .lineTooLong)
        #expect(error(String(repeating: "a", count: 101)) == .lineTooLong)
        #expect(error("GET /\(hosted)A: 1\r\nB: 2\r\nC: 3\r\n\r\n") == nil)
        #expect(error("GET /\(hosted)A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n") == .headersTooLarge)
        #expect(error("GET /\(hosted)A: " + String(repeating: "a", count: 182) + "\r\n\r\n") == nil)
        #expect(error("GET /\(hosted)A: " + String(repeating: "a", count: 183) + "\r\n\r\n") == .headersTooLarge)
        #expect(error("POST /\(hosted)Content-Length: 10\r\n\r\n0123456789") == nil)
        #expect(error("POST /\(hosted)Content-Length: 11\r\n\r\n") == .bodyTooLarge)
        let chunked = "POST /\(hosted)Transfer-Encoding: chunked\r\n\r\n"
        #expect(error(chunked + "5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n") == nil)
        #expect(error(chunked + "5\r\n01234\r\n6\r\n") == .bodyTooLarge)
        #expect(error(chunked + "ffffffffffffffff\r\n") == .bodyTooLarge)
        #expect(error(chunked + "1;" + String(repeating: "x", count: 300) + "\r\n") == .malformedChunk)
        #expect(error(chunked + "0\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n\r\n") == .headersTooLarge)
    }

    @Test("after an error nothing more is read, and the answer says what was wrong")
    func failed() throws {
        var parser = HTTPRequestParser()
        var buffer = ByteBuffer()
        buffer.append("GET / HTTP/9.9\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in 0..<2 {
            do throws(HTTPError) {
                _ = try parser.next(from: &buffer)
                Issue.record("read on after an error")
            } catch {
                #expect(error == .unsupportedVersion)
            }
        }
        var answer = ByteBuffer()
        HTTPWriter.errorResponse(.unsupportedVersion, to: &answer)
        #expect(answer.copy().text.hasPrefix("HTTP/1.1 505 HTTP Version Not Supported\r\n"))
    }
}
