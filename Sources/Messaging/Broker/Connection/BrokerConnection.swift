import Bytes
import Group
import Linux
import Log
import MQTT
import TLS

/// One client's socket: reads into the session, does what the session asks for, and queues output.
///
/// There may be thousands: storage for input and output is there only while something is in it.
final class BrokerConnection: EventHandler {
    /// What one turn reads from one connection; also what the broker's shared buffer holds.
    static let scratchSize = 65_536
    /// A half packet below this size is moved in front of the next bytes in the shared buffer; a larger one stays in
    /// the connection's own buffer until it is complete, so that it is not copied at each read.
    static let mostMoved = 4_096
    /// A run of packets of this size is written without a copy where nothing waits before it.
    static let directSize = 4_096
    /// Output of this size is written during the turn: more would only cost memory.
    static let earlyFlush = 32_768
    /// What answers may take beyond the messages' room, so that a slow client can still say that it lives.
    static let answerRoom = 65_536
    /// A connection that is taken over within this time, in nanoseconds, is one of two that fight for the name.
    private static let youth: Int64 = 10_000_000_000

    let descriptor: Int32
    /// Address and port.
    let peer: String
    let acceptedAt: Int64
    let broker: LocalBroker
    let transport: Transport
    var session: BrokerSession
    /// The device of the group, from CONNACK 0 on.
    private(set) var device: DeviceTarget?
    private(set) var connectedAt: Int64 = 0
    /// Messages lost in the full queue.
    var dropped: UInt64 = 0

    /// A half packet may wait for long, in storage of its size.
    var input = ByteBuffer()
    var output: ByteBuffer
    /// Part of the broker's `waiting`.
    var waiting = 0
    /// Why writing failed; the end of the turn closes, for nobody expects that while a message is routed.
    var broken: CloseReason?
    /// The publishers that are not read until this client has read on.
    var holding: [BrokerConnection] = []
    /// Clients that it waits for.
    var holds: Int32 = 0
    /// When nobody waited for it any more, in nanoseconds; 0 means never.
    var slowSince: Int64 = 0
    /// Counts the times that its output was too large, so that a time-out of an earlier one means nothing.
    var congestion: UInt32 = 0

    /// What the reactor watches the socket for.
    var interest = Events.readable
    private(set) var isClosed = false
    private var isHandshaking: Bool
    /// Its handshake goes on when there is time for it.
    private(set) var waitsForUs = false
    /// Whether it is in the broker's list for the end of the turn.
    var isDirty = false
    /// Whether it is in the broker's list of those whose answers wait for the core's queues.
    var isUnsettled = false
    /// Whether it is in the broker's list of those that are read on at the end of the turn.
    var isUnread = false
    /// The socket was full: writing waits for the reactor.
    var isBlocked = false
    /// A message is next that may not be read now.
    var isStopped = false
    /// What was left unread, then or after a packet that takes long, is to be read.
    var mustReadOn = false
    /// Publishers wait for it.
    var isCongested = false
    /// Nobody waits for it.
    var isSlow = false
    /// Whether the present lack of room was told.
    var hasToldLoss = false

    init(descriptor: Int32, peer: String, transport: Transport, broker: LocalBroker, now: Int64) {
        self.descriptor = descriptor
        self.peer = peer
        self.transport = transport
        self.broker = broker
        acceptedAt = now
        output = ByteBuffer(pool: broker.storage)
        session = BrokerSession(provenName: nil, rules: broker.rules, now: now)
        if case .secure = transport { isHandshaking = true } else { isHandshaking = false }
    }

    /// The peer without its port.
    var host: String {
        String(peer[..<(peer.utf8.lastIndex(of: UInt8(ascii: ":")) ?? peer.endIndex)])
    }

    func handle(_ events: Events) {
        if isClosed { return }
        if isHandshaking, !shakeHands() { return }
        if events.contains(.writable) {
            unblock()
            flush()
        }
        receive()
        // A full queue keeps from reading, and a broken socket is reported in each turn: writing finds out.
        if events.contains(.hangUp), !isClosed {
            unblock()
            flush()
            // With nothing to write and nothing that may be read, nobody else would notice.
            if !isClosed, isStopped, output.isEmpty { close(.lost) }
        }
    }

    /// - Returns: whether the client is recognised, and reading may begin.
    private func shakeHands() -> Bool {
        guard case .secure(let connection) = transport else { return true }
        // The reactor tells again in the next turn.
        waitsForUs = broker.handshakeShare <= 0
        if waitsForUs { return false }
        let start = Clock.monotonic()
        let result = connection.handshake()
        broker.spendOnHandshakes(Clock.monotonic() - start)
        switch result {
        case .done: break
        case .wantRead:
            watch(.readable)
            return false
        case .wantWrite:
            watch([.readable, .writable])
            return false
        case .closed:
            close(.lost)
            return false
        case .failed(let failure):
            close(.handshake(failure))
            return false
        }
        var name: [UInt8]?
        if broker.router != nil {
            guard let certificate = connection.peer, let thing = broker.directory.thingName(certificate.id) else {
                close(.handshake(.noCertificate))
                return false
            }
            name = thing.bytes
        }
        isHandshaking = false
        watch(.readable)
        session = BrokerSession(provenName: name, rules: broker.rules, now: Clock.monotonic())
        broker.sweep(by: deadline)
        return true
    }

    // MARK: Connecting and closing

    /// Answers a good CONNECT. An older connection of the same client ends first ([MQTT-3.1.4-2]).
    func connect(_ packet: Connect) {
        var clientID = packet.clientID
        if broker.router != nil {
            guard broker.device(clientID.text) != nil else {
                session.refuse(.identifierRejected, &output)
                return close(.unknownClientID(clientID.text))
            }
        } else if clientID.isEmpty {
            guard packet.cleanSession else {
                session.refuse(.identifierRejected, &output)
                return close(.noClientID)
            }
            clientID = broker.inventClientID()
        }
        let now = Clock.monotonic()
        device = broker.device(clientID.text)
        if let older = broker.sessions[clientID]?.connection { takeOver(older, now: now) }
        let (client, isPresent) = broker.openSession(clientID, isClean: packet.cleanSession)
        client.connection = self
        connectedAt = now
        watchFirst()
        session.admit(client, isPresent: isPresent, &output)
        client.resume(&output)
        broker.counters.connected += 1
        broker.pendingEnded()
        broker.sweep(by: deadline)
        broker.log.info("\(broker.name(client)) connected from \(peer) (\(transport.name)).")
    }

    private func takeOver(_ older: BrokerConnection, now: Int64) {
        broker.counters.takenOver += 1
        let isQuick = now - older.connectedAt < Self.youth
        older.close(.takenOver)
        guard let device else { return }
        device.quickTakeovers = isQuick ? device.quickTakeovers + 1 : 0
        // A device that lost its network comes again soon, once; two programs drive each other out for ever.
        if device.quickTakeovers >= 2 {
            broker.log.warn(
                "Device \(device.thingName) connects again and again, from \(older.peer) and \(peer): two programs "
                    + "seem to use its certificate and client ID. Let only one of them run.")
        }
    }

    /// Ends the connection: sends what the socket takes at once, closes it and publishes the will where it is due.
    func close(_ reason: CloseReason) {
        if isClosed { return }
        isClosed = true
        if !isHandshaking, !output.isEmpty, !isBlocked { _ = transport.write(output.readable) }
        output.removeAll()
        broker.waiting -= waiting
        waiting = 0
        transport.shutdown()
        broker.reactor.remove(descriptor)
        FileDescriptor.close(descriptor)
        endCongestion()
        let client = session.client
        let will = session.end(reason)
        broker.ended(self, reason, client, will)
    }

    // MARK: Time

    /// When to look whether the connection has had its time.
    var deadline: Int64 {
        isHandshaking ? acceptedAt + broker.limits.handshakeTime : session.deadline ?? .max
    }

    /// Ends the connection if it has had its time.
    func expire(now: Int64) {
        if isClosed { return }
        if isHandshaking {
            if now >= deadline { close(.handshakeTimeout) }
        } else if let reason = session.expiry(now: now) {
            close(reason)
        }
    }
}
