import Bytes
import COpenSSL
import HTTP
import Linux

@testable import Network
@testable import TLS

/// A server over real TLS on loopback that says what the test tells it to, and a client, all in one thread.
final class ExchangeWorld {
    let reactor: Reactor
    let plan: DialPlan
    private let context: TLSContext
    private let listener: Int32
    private let script: [ServerEnd.Step]
    private(set) var end: ServerEnd?
    private var isServed = true

    /// - Parameters:
    ///   - knowsClient: whether the server accepts the client's certificate.
    ///   - asksClient: whether it asks for one.
    ///   - script: what it does, a step a turn, once it has a request's head.
    init(knowsClient: Bool = true, asksClient: Bool = true, _ script: [ServerEnd.Step] = []) throws {
        Signals.ignoreBrokenPipes()
        self.script = script
        reactor = try Reactor()
        let server = try Self.identity(.server)
        context = try TLSContext(serving: [server]) { _ in knowsClient }
        if !asksClient { SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil) }
        let sockets = try Socket.listenOnLoopback(port: 0)
        for socket in sockets.dropFirst() { FileDescriptor.close(socket) }
        listener = sockets[0]
        let client = try TLSClientContext(identity: try Self.identity(.client))
        try client.trust(server.leaf.pem(), source: "server")
        plan = DialPlan(
            place: HostAndPort(host: "127.0.0.1", port: Socket.localPort(listener)), context: client,
            files: DialPlan.Files(authority: "ca.pem", certificate: "core.pem"),
            keys: DialPlan.Keys(host: "coreThing.ggHost", port: "coreThing.ggHttpPort", service: "HTTPS"))
    }

    deinit { FileDescriptor.close(listener) }

    private static func identity(_ usage: CertificateTemplate.Usage) throws -> TLSIdentity {
        let key = try PrivateKey.generate(.ecP256, source: "key")
        let template = CertificateTemplate(
            commonName: "one", usage: usage, names: usage == .server ? [.address([127, 0, 0, 1])] : [],
            notBefore: 1_500_000_000, notAfter: 4_000_000_000)
        return try TLSIdentity(key: key, chain: [try template.selfSigned(with: key, source: "certificate")])
    }

    struct TookTooLong: Error {}
    struct NotDialed: Error { let failure: DialFailure }

    /// Turns both ends until there is a value; the bound only ends a test that fails.
    func until<Value>(_ value: () throws -> Value?) throws -> Value {
        let limit = Clock.monotonic() + 60_000_000_000
        while Clock.monotonic() < limit {
            if let found = try value() { return found }
            try turn()
        }
        throw TookTooLong()
    }

    func turn() throws {
        try reactor.turn(waiting: false)
        while case .accepted(let descriptor, _) = Socket.accept(listener) {
            end = ServerEnd(descriptor, try TLSConnection(accepting: descriptor, context: context), script)
        }
        if isServed { end?.step() }
    }

    /// - Parameter isServed: whether the server does anything from then on.
    func dial(isServed: Bool = true) throws -> DialedConnection {
        var result: Result<DialedConnection, DialFailure>?
        let dialer = Dialer(plan, reactor: reactor, resolver: Resolver(reactor: reactor)) { [self] in
            result = $0
            self.isServed = isServed
        }
        dialer.start()
        switch try until({ result }) {
        case .success(let connection): return connection
        case .failure(let failure): throw NotDialed(failure: failure)
        }
    }

    /// The whole exchange, dialling included.
    func ask(
        _ request: HTTPSRequest = HTTPSRequest("GET", "/a?b=c"), limits: HTTPLimits = HTTPLimits(),
        time: Int64 = 60_000_000_000
    ) throws -> Result<HTTPResponse, ExchangeFailure> {
        var result: Result<HTTPResponse, ExchangeFailure>?
        let exchange = HTTPSExchange(request, by: plan, limits: limits, time: time, reactor: reactor) { result = $0 }
        exchange.start(over: try dial())
        return try until { result }
    }

    /// What came of an exchange that has to fail.
    func failure(
        limits: HTTPLimits = HTTPLimits(), time: Int64 = 60_000_000_000
    ) throws -> ExchangeFailure? {
        guard case .failure(let failure) = try ask(limits: limits, time: time) else { return nil }
        return failure
    }
}

/// The server's end of one connection.
final class ServerEnd {
    enum Step {
        case send(String)
        /// Sends it again and again.
        case endless(String)
        /// Says TLS's farewell.
        case farewell
        case close

        /// A byte at a time, so that each may arrive alone.
        static func bytewise(_ text: String) -> [Step] { text.utf8.map { .send([$0].text) } }
    }

    private let descriptor: Int32
    private let tls: TLSConnection
    private var script: [Step]
    private var hasShaken = false
    private var isClosed = false
    private var output = ByteBuffer()
    private var input = ByteBuffer()
    /// The request's head, once it is whole; the body is left where it is.
    private(set) var head: String?

    init(_ descriptor: Int32, _ tls: TLSConnection, _ script: [Step]) {
        self.descriptor = descriptor
        self.tls = tls
        self.script = script
    }

    deinit { close() }

    private func close() {
        if isClosed { return }
        isClosed = true
        FileDescriptor.close(descriptor)
    }

    func step() {
        if isClosed { return }
        if !hasShaken {
            switch tls.handshake() {
            case .done: hasShaken = true
            case .wantRead, .wantWrite: return
            case .closed, .failed: return close()
            }
        }
        if head == nil { readHead() }
        guard head != nil, !isClosed else { return }
        if output.isEmpty { play() }
        while !output.isEmpty, case .done(let count) = tls.write(output.readable) { output.consume(count) }
    }

    private func readHead() {
        switch tls.read(into: input.prepareToWrite(minimum: 1024)) {
        case .done(let count): input.commit(count)
        case .wantRead, .wantWrite: return
        case .closed, .failed: return close()
        }
        let text = input.copy().text
        if text.contains("\r\n\r\n") { head = text }
    }

    private func play() {
        guard let next = script.first else { return }
        switch next {
        case .send(let text):
            output.append(text.bytes)
            script.removeFirst()
        case .endless(let text): output.append(text.bytes)
        case .farewell:
            _ = tls.shutdown()
            script.removeFirst()
        case .close: close()
        }
    }
}
