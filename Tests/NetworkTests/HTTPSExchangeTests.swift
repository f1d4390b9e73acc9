import Bytes
import HTTP
import Testing

@testable import Network

@Suite("One request over HTTPS")
struct HTTPSExchangeTests {
    private typealias Step = ServerEnd.Step

    private func body(_ script: [ServerEnd.Step]) throws -> String {
        try ExchangeWorld(script).ask().get().body.text
    }

    @Test("CFG-07, CFG-08: the request names its host with the port, and asks for the connection's end")
    func request() throws {
        let world = try ExchangeWorld([.send("HTTP/1.1 204 No Content\r\n\r\n")])
        let response = try world.ask().get()
        #expect(response.status.code == 204)
        #expect(
            world.end?.head == "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(world.plan.place.port)\r\n"
                + "User-Agent: perennial\r\nConnection: close\r\n\r\n")
        #expect(HostAndPort(host: "x", port: 443).authority(standardPort: 443) == "x")
        #expect(HostAndPort(host: "::1", port: 443).authority(standardPort: 443) == "[::1]")
    }

    @Test("CFG-07, CFG-08: an answer is whole by its length, by its last chunk, or by the server's farewell")
    func whole() throws {
        #expect(try body([.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]) == "hello")
        #expect(
            try body([
                .send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n"),
                .send("3;x=y\r\nllo\r\n0\r\nTrailer: t\r\n\r\n"),
            ]) == "hello")
        #expect(try body([.send("HTTP/1.0 200 OK\r\n\r\nhel"), .send("lo"), .farewell, .close]) == "hello")
    }

    @Test("CFG-07, CFG-08: an answer that comes byte by byte is the same")
    func split() throws {
        let response = try ExchangeWorld(
            Step.bytewise("HTTP/1.1 404 Not Found\r\nX-Y: z\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        ).ask().get()
        #expect(response.status.code == 404)
        #expect(response.headers.value("x-y").map { Array($0).text } == "z")
        #expect(response.body.text == "{}")
    }

    @Test("CFG-07, CFG-08: a large answer arrives whole, over many turns")
    func large() throws {
        let text = String(repeating: "0123456789abcdef", count: 131_072)
        let answer = try body([.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n"), .send(text)])
        #expect(answer.utf8.count == text.utf8.count)
        #expect(answer == text)
    }

    @Test(
        "CFG-07, CFG-08: a connection that ends too early gives no answer, and says so",
        arguments: [
            [.close], [.farewell, .close], [.send("HTTP/1.1 200 OK\r\nContent-"), .close],
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"), .farewell, .close],
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), .farewell, .close],
            // Without a length and without a farewell anybody may have cut it.
            [.send("HTTP/1.1 200 OK\r\n\r\nhello"), .close],
        ] as [[ServerEnd.Step]])
    func cut(_ script: [ServerEnd.Step]) throws {
        let failure = try #require(try ExchangeWorld(script).failure())
        #expect(failure.kind == .incomplete)
        #expect(failure.description.contains("closed the connection"))
    }

    @Test(
        "CFG-07, CFG-08: an answer that is larger than allowed is not taken, however its length is told",
        arguments: [
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n")],
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), .endless("400\r\n\(Self.kilobyte)\r\n")],
            [.send("HTTP/1.1 200 OK\r\n\r\n"), .endless(Self.kilobyte)],
            [.send("HTTP/1.1 200 OK\r\n"), .endless("X: \(Self.kilobyte)\r\n")], [.endless("HTTP/1.1 200 ")],
        ] as [[ServerEnd.Step]])
    func oversized(_ script: [ServerEnd.Step]) throws {
        let failure = try ExchangeWorld(script).failure(limits: HTTPLimits(headerBytes: 4096, bodyBytes: 10_000))
        #expect(failure?.kind == .tooLarge)
    }

    private static let kilobyte = String(repeating: "x", count: 1024)

    @Test(
        "CFG-07, CFG-08: what is no HTTP is told with the key of the port",
        arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "220 smtp.example.com ESMTP\r\n", "HTTP/1.1 200 OK\nX: y\n\n", "\0\r\n"])
    func malformed(_ text: String) throws {
        let failure = try #require(try ExchangeWorld([.send(text)]).failure())
        #expect(failure.kind == .malformed)
        #expect(failure.description.contains("coreThing.ggHttpPort"))
    }

    @Test("CFG-07, CFG-08: interim answers without end are no answer")
    func interim() throws {
        #expect(try ExchangeWorld([.endless("HTTP/1.1 102 Wait\r\n\r\n")]).failure()?.kind == .malformed)
    }

    @Test(
        "CFG-07, CFG-08: a server that says nothing, or not all, is waited for so long and no longer",
        arguments: [
            ([], "did not answer"), ([.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")], "not the rest"),
            ([.endless("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")], "not the rest"),
        ] as [([ServerEnd.Step], String)])
    func slow(_ script: [ServerEnd.Step], _ words: String) throws {
        let limits = HTTPLimits(bodyBytes: 1_000_000_000)
        let failure = try #require(try ExchangeWorld(script).failure(limits: limits, time: 300_000_000))
        #expect(failure.kind == .timeout)
        #expect(failure.description.contains(words))
    }

    @Test("CFG-07, CFG-08: an answer that comes before all of the request was taken is the answer")
    func early() throws {
        let world = try ExchangeWorld([.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")])
        let request = HTTPSRequest("PUT", "/a", body: [UInt8](repeating: 0x78, count: 8_000_000))
        #expect(try world.ask(request).get().status.code == 413)
        #expect(world.end?.head?.contains("Content-Length: 8000000\r\n") == true)
    }

    @Test("CFG-07, CFG-08: a certificate that the server refuses after the handshake is told by its file")
    func refused() throws {
        let failure = try #require(try ExchangeWorld(knowsClient: false).failure())
        #expect(failure.kind == .refused)
        #expect(failure.description.contains("does not accept this core's certificate core.pem"))
    }

    @Test("CFG-07, CFG-08: a path that could begin a line of its own is not sent")
    func smuggled() throws {
        for target in ["/a\r\nX: y", "/a b", "", "a", "/\u{7F}", "/ä"] {
            let world = try ExchangeWorld()
            guard case .failure(let failure) = try world.ask(HTTPSRequest("GET", target)) else {
                Issue.record("\(target) was sent")
                continue
            }
            #expect(failure.kind == .request)
            #expect(world.end?.head == nil)
        }
    }

    @Test("A cancelled exchange closes its connection and says nothing")
    func cancelled() throws {
        let world = try ExchangeWorld([.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])
        var isTold = false
        let exchange = HTTPSExchange(
            HTTPSRequest("GET", "/"), by: world.plan, time: 1_000_000_000, reactor: world.reactor
        ) { _ in isTold = true }
        exchange.start(over: try world.dial())
        exchange.cancel()
        for _ in 0..<20 { try world.turn() }
        #expect(!isTold)
        #expect(world.end?.head == nil)
    }

    private func answer(
        _ world: ExchangeWorld, patience: Int64, isServed: Bool = true
    ) throws -> CertificateAcceptance.Answer {
        var answer: CertificateAcceptance.Answer?
        let acceptance = CertificateAcceptance(by: world.plan, patience: patience, reactor: world.reactor) {
            answer = $0
        }
        acceptance.start(over: try world.dial(isServed: isServed))
        return try world.until { answer }
    }

    @Test("NET-03: whether a server takes the certificate is known without sending it a byte")
    func acceptance() throws {
        let world = try ExchangeWorld()
        #expect(try answer(world, patience: 60_000_000_000) == .accepted)
        #expect(world.end?.head == nil)
        // A server that does not even look says nothing.
        let idle = try ExchangeWorld()
        #expect(try answer(idle, patience: 300_000_000, isServed: false) == .silent)
        #expect(try answer(ExchangeWorld(asksClient: false), patience: 60_000_000_000) == .unasked)
        guard case .failed(let failure) = try answer(ExchangeWorld(knowsClient: false), patience: 60_000_000_000) else {
            Issue.record("a refusal was not seen")
            return
        }
        #expect(failure.kind == .refused)
        #expect(failure.description.contains("core.pem"))
    }
}
