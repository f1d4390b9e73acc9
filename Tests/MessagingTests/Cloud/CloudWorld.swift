import Bytes
import CLinux
import Group
import Linux
import MQTT
import Network
import TLS

@testable import Messaging

/// A link over real sockets and TLS, with a cloud on the other end that does what the test says, all in one thread.
final class CloudWorld {
    let reactor: Reactor
    let router: Router
    let link: CloudLink
    let log: TemporaryLog
    let queue = ListedMessages()
    let spool: Spool?
    private let context: TLSContext
    private let listeners: [Int32]
    /// Every connection that the link has made, the oldest first.
    private(set) var ends: [CloudEnd] = []
    /// Whether the cloud has a session for every client that keeps one.
    var hasSessions = false

    /// - Parameter filters: what the group has from the cloud.
    init(
        filters: [String], _ change: (inout CloudLink.Settings) -> Void = { _ in },
        spool makeSpool: (Reactor, Router) throws -> Spool? = { _, _ in nil }
    ) throws {
        Signals.ignoreBrokenPipes()
        log = try TemporaryLog(threshold: .info)
        reactor = try Reactor()
        let rows = filters.enumerated().map {
            Subscription(id: "\($0)", source: .cloud, subject: Array($1.utf8), target: .device("d"))
        }
        router = Router(table: SubscriptionTable(rows), log: .none())
        let server = try Self.identity(.server)
        context = try TLSContext(serving: [server]) { _ in true }
        listeners = try Socket.listenOnLoopback(port: 0).prefix(1).map { $0 }
        // What the cloud does not read must not vanish in its socket.
        var size: Int32 = 4_096
        setsockopt(listeners[0], SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let client = try TLSClientContext(identity: try Self.identity(.client))
        try client.trust(server.leaf.pem(), source: "server")
        let plan = DialPlan(
            place: HostAndPort(host: "127.0.0.1", port: Socket.localPort(listeners[0])), context: client,
            files: DialPlan.Files(authority: "ca", certificate: "certificate"))
        var settings = CloudLink.Settings(plan: plan, clientID: "core")
        change(&settings)
        spool = try makeSpool(reactor, router)
        link = CloudLink(
            settings: settings, subscriptions: rows, reactor: reactor, resolver: Resolver(reactor: reactor),
            router: router, queue: queue, inbound: spool?.inbound, kept: spool?.sessions, log: log.logger)
        link.start()
    }

    deinit {
        for listener in listeners { FileDescriptor.close(listener) }
    }

    private static func identity(_ usage: CertificateTemplate.Usage) throws -> TLSIdentity {
        let key = try PrivateKey.generate(.ecP256, source: "key")
        let template = CertificateTemplate(
            commonName: "one", usage: usage, names: usage == .server ? [.address([127, 0, 0, 1])] : [],
            notBefore: 1_500_000_000, notAfter: 4_000_000_000)
        return try TLSIdentity(key: key, chain: [try template.selfSigned(with: key, source: "certificate")])
    }

    struct TookTooLong: Error {
        let log: String
    }

    /// Turns both ends until the condition holds; the bound only ends a test that fails.
    func until(_ condition: () throws -> Bool) throws {
        let end = Clock.monotonic() + 60_000_000_000
        while try !condition() {
            guard Clock.monotonic() < end else { throw TookTooLong(log: try log.text()) }
            try turn()
        }
    }

    func turn() throws {
        try reactor.turn(waiting: false)
        while case .accepted(let descriptor, _) = Socket.accept(listeners[0]) {
            let tls = try TLSConnection(accepting: descriptor, context: context)
            ends.append(CloudEnd(descriptor, tls, hasSession: hasSessions))
        }
        for end in ends { try end.step() }
    }

    /// The newest connection with this client ID, once it has sent CONNECT.
    func end(_ clientID: String) throws -> CloudEnd {
        var found: CloudEnd?
        try until {
            found = ends.last { $0.clientID == clientID && !$0.isClosed }
            return found != nil
        }
        guard let found else { throw TookTooLong(log: "") }
        return found
    }

    func connection(_ clientID: String) -> CloudConnection? { link.connections.first { $0.name == clientID } }
}

/// The cloud's end of one connection. It answers CONNECT, SUBSCRIBE, UNSUBSCRIBE and PINGREQ as long as it reads.
final class CloudEnd {
    private let descriptor: Int32
    private let tls: TLSConnection
    private var hasShaken = false
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private(set) var isClosed = false
    private(set) var clientID = ""
    private(set) var isClean = true
    /// What came, PUBACKs apart.
    private(set) var received: [Packet] = []
    private(set) var acknowledged: [PacketIdentifier] = []
    var isReading = true
    private let hasSession: Bool
    /// What SUBSCRIBE is answered with; nil answers with what was asked for.
    var answer: ((TopicFilter) -> Suback.Answer)?

    init(_ descriptor: Int32, _ tls: TLSConnection, hasSession: Bool) {
        self.hasSession = hasSession
        self.descriptor = descriptor
        self.tls = tls
    }

    deinit {
        if !isClosed { FileDescriptor.close(descriptor) }
    }

    var unsent: Int { output.count }
    func send(_ packet: Packet) throws { try packet.write(to: &output) }

    /// Ends the connection at once, with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        if isClosed { return }
        isClosed = true
        FileDescriptor.close(descriptor)
    }

    func step() throws {
        if isClosed { return }
        if !hasShaken {
            switch tls.handshake() {
            case .done: hasShaken = true
            case .wantRead, .wantWrite: return
            case .closed, .failed: return close()
            }
        }
        while !output.isEmpty, case .done(let count) = tls.write(output.readable) { output.consume(count) }
        while isReading, !isClosed {
            switch tls.read(into: input.prepareToWrite(minimum: 16_384)) {
            case .done(let count): input.commit(count)
            case .wantRead, .wantWrite: return
            case .closed, .failed: return close()
            }
            while let packet = try Packet.read(from: &input) { try take(packet) }
        }
    }

    private func take(_ packet: Packet) throws {
        switch packet {
        case .puback(let identifier): return acknowledged.append(identifier)
        case .connect(let connect):
            clientID = connect.clientID.text
            isClean = connect.cleanSession
            try send(.connack(Connack(.accepted, sessionPresent: hasSession && !isClean)))
        case .subscribe(let subscribe):
            let answers = subscribe.requests.map { answer?($0.filter) ?? .granted($0.qos) }
            try send(.suback(Suback(packetIdentifier: subscribe.packetIdentifier, answers: answers)))
        case .unsubscribe(let unsubscribe): try send(.unsuback(unsubscribe.packetIdentifier))
        case .pingreq: try send(.pingresp)
        default: break
        }
        received.append(packet)
    }
}

/// Messages for the cloud that the test lists.
final class ListedMessages: CloudQueue {
    var whenReady: (() -> Void)?
    private(set) var waiting: [QueuedMessage] = []
    private var underWay: [QueuedMessage] = []
    private(set) var confirmed: [UInt64] = []
    private(set) var rejected: [UInt64] = []

    func add(_ number: UInt64, _ topic: String) {
        waiting.append(QueuedMessage(number: number, topic: Array(topic.utf8), payload: [1]))
        whenReady?()
    }

    func next() -> QueuedMessage? {
        if waiting.isEmpty { return nil }
        underWay.append(waiting.removeFirst())
        return underWay.last
    }

    func confirm(_ number: UInt64) {
        underWay.removeAll { $0.number == number }
        confirmed.append(number)
    }

    func reject(_ number: UInt64) {
        underWay.removeAll { $0.number == number }
        rejected.append(number)
    }

    func returnAll() {
        waiting = underWay + waiting
        underWay = []
    }
}
