import HTTP
import Linux
import Log
import Testing

@testable import Functions

/// Answers every request; the token of worker N is N.
private final class Clerk: IPCRequestHandler {
    let server: IPCServer
    private(set) var answered = 0

    init(_ server: IPCServer) { self.server = server }

    func received(_ request: HTTPRequest, _ poll: PollID) {
        if let worker = worker(of: request) { _ = server.authenticated(poll, as: worker) }
        answered += 1
        server.answer(poll, IPCResponse(.ok))
    }

    func worker(of request: HTTPRequest) -> UInt32? {
        request.headers.value("Authorization").flatMap { UInt32(String(decoding: [UInt8]($0), as: UTF8.self)) }
    }

    func abandoned(_ waiting: IPCWaiting, _ poll: PollID) {}
    func undelivered(_ delivery: IPCDelivery) {}
}

@Suite("Requests that have not come whole, and many at once")
struct IncompleteRequestsTests {
    private let reactor: Reactor
    private let server: IPCServer
    private let handler: Clerk
    private let port: UInt16

    init() throws {
        var limits = IPCLimits()
        limits.incomplete = 300_000
        limits.incompletePerWorker = 200_000
        reactor = try Reactor()
        server = IPCServer(reactor: reactor, log: Logger.none(), limits: limits)
        handler = Clerk(server)
        port = try server.open(port: 0, socketPath: nil, handler: handler)
    }

    /// Sends the head of a request of 100,000 bytes, and some of them.
    private func begin(_ token: String?, bytes: Int) throws -> TestClient {
        let client = try TestClient(reactor: reactor, port: port)
        let authorization = token.map { "Authorization: \($0)\r\n" } ?? ""
        try client.send("POST /x HTTP/1.1\r\nHost: h\r\n\(authorization)Content-Length: 100000\r\n\r\n")
        try client.send(String(repeating: "x", count: bytes))
        try client.settle()
        return client
    }

    @Test(
        "A worker that holds too much at once is told so on the connection that is one too many; another one is served")
    func worker() throws {
        defer { server.close() }
        let first = try begin("1", bytes: 90_000)
        let second = try begin("1", bytes: 90_000)
        let third = try TestClient(reactor: reactor, port: port)
        try third.send("POST /x HTTP/1.1\r\nHost: h\r\nAuthorization: 1\r\nContent-Length: 100000\r\n\r\n")
        try third.send(String(repeating: "x", count: 60_000))
        let refusal = try third.response()
        #expect(refusal?.status == 503 && refusal?.body.contains("too many large requests") == true)
        let other = try begin("2", bytes: 0)
        try other.send(String(repeating: "x", count: 100_000))
        #expect(try other.response()?.status == 200)
        try first.send(String(repeating: "x", count: 10_000))
        #expect(try first.response()?.status == 200)
        try second.send(String(repeating: "x", count: 10_000))
        #expect(try second.response()?.status == 200)
    }

    @Test("Where all hold too much together, the worker that holds most gives way, not the one that comes last")
    func all() throws {
        defer { server.close() }
        let hoarders = [try begin("1", bytes: 99_000), try begin("1", bytes: 99_000)]
        let small = try begin("2", bytes: 90_000)
        let last = try begin("3", bytes: 60_000)
        #expect(try TestClient.oneCloses(hoarders))
        try small.send(String(repeating: "x", count: 10_000))
        #expect(try small.response()?.status == 200)
        try last.send(String(repeating: "x", count: 40_000))
        #expect(try last.response()?.status == 200)
    }

    @Test("Whoever shows no token in the head of a request may not send a large body")
    func stranger() throws {
        defer { server.close() }
        let client = try TestClient(reactor: reactor, port: port)
        try client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")
        try client.send(String(repeating: "x", count: 70_000))
        #expect(try client.response()?.status == 401)
        #expect(handler.answered == 0)
    }

    @Test("Of many requests in one piece a turn serves some, and all are answered")
    func pipelined() throws {
        defer { server.close() }
        let client = try TestClient(reactor: reactor, port: port)
        try client.send(String(repeating: "GET /x HTTP/1.1\r\nHost: h\r\nAuthorization: 1\r\n\r\n", count: 60))
        while handler.answered == 0 { try reactor.turn(waiting: true) }
        #expect(handler.answered < 60)
        for _ in 0..<60 { #expect(try client.response()?.status == 200) }
        #expect(handler.answered == 60)
    }
}
