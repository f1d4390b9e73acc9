import HTTP
import Linux
import Log
import Testing

@testable import Functions

/// Answers every request with 16 MB, to worker 7.
private final class Generous: IPCRequestHandler {
    let server: IPCServer
    private(set) var answered = 0

    init(_ server: IPCServer) { self.server = server }

    func received(_ request: HTTPRequest, _ poll: PollID) {
        _ = server.authenticated(poll, as: 7)
        var response = IPCResponse(.ok)
        response.body = [UInt8](repeating: 0, count: 16_777_216)
        answered += 1
        server.answer(poll, response)
    }

    func worker(of request: HTTPRequest) -> UInt32? { 7 }
    func abandoned(_ waiting: IPCWaiting, _ poll: PollID) {}
    func undelivered(_ delivery: IPCDelivery) {}
}

@Suite("Answers that nobody reads")
struct UnreadAnswersTests {
    @Test("A worker that asks on many connections and reads none of the answers loses those beyond its bound")
    func bounded() throws {
        var limits = IPCLimits()
        limits.unreadPerWorker = 0
        let reactor = try Reactor()
        let server = IPCServer(reactor: reactor, log: Logger.none(), limits: limits)
        let handler = Generous(server)
        let port = try server.open(port: 0, socketPath: nil, handler: handler)
        defer { server.close() }
        let client = try TestClient(reactor: reactor, port: port)
        // The kernel takes a part of it for a client that reads nothing, not all.
        try client.send("GET", "/")
        while handler.answered == 0 { try reactor.turn(waiting: true) }
        #expect(server.connectionCount == 0)
    }
}
