import Bytes
import Testing

@testable import HTTP

/// Messages of a million bytes, byte by byte: a reader that looks again at what it has seen would need days. A limit of a
/// minute is no measurement, it is a stop.
@Suite("Large HTTP messages", .timeLimit(.minutes(1)))
struct LargeInputTests {
    static let size = 1_000_000
    static let limits = HTTPLimits(lineBytes: 2 * size, headerBytes: 2 * size, headerCount: size, bodyBytes: 2_000_000)

    func request(_ text: String, piece: Int) throws -> HTTPRequest? {
        var parser = HTTPRequestParser(limits: Self.limits)
        var buffer = ByteBuffer()
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            buffer.append(Array(bytes[start..<min(start + piece, bytes.count)]))
            start += piece
            if let request = try parser.next(from: &buffer) { return request }
        }
        return nil
    }

    @Test("a long line, many headers, a long body and many chunks, in pieces of every kind")
    func large() throws {
        let long = String(repeating: "a", count: Self.size)
        let chunks = String(repeating: "1\r\nx\r\n", count: Self.size / 6) + "0\r\n\r\n"
        let headers = (0..<Self.size / 10).map { "h\($0): v\r\n" }.joined()
        for piece in [1, 1_000, 4 * Self.size] {
            #expect(try request("GET /\(long)\(hosted)\r\n", piece: piece)?.path.count == Self.size + 1)
            #expect(
                try request("GET /\(hosted)X: \(long)\r\n\r\n", piece: piece)?.headers.value("x")?.count == Self.size)
            #expect(try request("GET /\(hosted)\(headers)\r\n", piece: piece)?.headers.count == Self.size / 10 + 1)
            let body = "Content-Length: \(Self.size)\r\n\r\n\(long)"
            #expect(try request("POST /\(hosted)\(body)", piece: piece)?.body.count == Self.size)
            let chunked = "Transfer-Encoding: chunked\r\n\r\n\(chunks)"
            #expect(try request("POST /\(hosted)\(chunked)", piece: piece)?.body.count == Self.size / 6)
        }
    }

    @Test("the storage for headers is kept from request to request, a large body's is not")
    func reuse() throws {
        var parser = HTTPRequestParser(limits: Self.limits)
        var buffer = ByteBuffer()
        let large = String(repeating: "b", count: Self.size)
        buffer.append(utf8: "POST /\(hosted)Content-Length: \(Self.size)\r\n\r\n\(large)GET /\(hosted)\r\n")
        let first = try parser.next(from: &buffer)
        #expect(first?.body.count == Self.size)
        let second = try parser.next(from: &buffer)
        #expect(second === first)
        #expect(second?.body.capacity == 0)
    }
}
