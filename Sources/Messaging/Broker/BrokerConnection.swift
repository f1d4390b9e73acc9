import Bytes
import Group
import Linux
import Log
import MQTT
import TLS

/// One client's socket with its session: reads into the session, does what the session asks for, and queues output.
final class BrokerConnection: EventHandler {
    /// What one turn reads from one connection; also what the broker's shared buffer holds.
    static let scratchSize = 65_536
    /// A half packet below this size is moved in front of the next bytes in the shared buffer; a larger one stays in
    /// the connection's own buffer until it is complete, so that it is not copied at each read.
    static let mostMoved = 4_096
    /// Output of this size is written during the turn: more would only cost memory.
    static let earlyFlush = 32_768
    /// What answers may take beyond the messages' room, so that a slow client can still say that it lives.
    static let answerRoom = 65_536
    /// Output of this size in one turn is a burst, whose storage a quiet connection does not keep.
    static let burst = 4_096
    /// A connection that is taken over within this time, in nanoseconds, is one of two that fight for the name.
    private static let youth: Int64 = 10_000_000_000

    let descriptor: Int32
    /// Address and port.
    let peer: String
    let acceptedAt: Int64
    let broker: LocalBroker
    let transport: Transport
    var session: BrokerSession
    /// From CONNACK 0 on.
    private(set) var device: DeviceTarget?
    private(set) var connectedAt: Int64 = 0
    /// Whether it is in the broker's list for the end of the turn.
    var isDirty = false
    /// Messages lost in the full queue.
    var dropped: UInt64 = 0

    var input = ByteBuffer()
    var output = ByteBuffer()
    private(set) var isClosed = false
    private var isHandshaking: Bool
    /// Its handshake goes on when there is time for it.
    private(set) var waitsForUs = false
    /// What the reactor watches the socket for.
    var interest = Events.readable
    /// The socket was full: writing waits for the reactor.
    var isBlocked = false
    /// Part of the broker's `waiting`.
    var waiting = 0
    /// Why writing failed; the end of the turn closes, for nobody expects that while a message is routed.
    var broken: CloseReason?
    /// Whether the present lack of room was told.
    var hasToldLoss = false
    /// Whether the output's storage has grown for a burst.
    var holdsBurst = false
    private var timer: TimerID?

    init(descriptor: Int32, peer: String, transport: Transport, broker: LocalBroker, now: Int64) {
        self.descriptor = descriptor
        self.peer = peer
        self.transport = transport
        self.broker = broker
        acceptedAt = now
        session = BrokerSession(provenName: nil, limits: broker.limits, now: now)
        if case .secure = transport { isHandshaking = true } else { isHandshaking = false }
    }

    /// Starts the clock: nobody stays without saying who he is.
    func begin() {
        let time = isHandshaking ? broker.limits.handshakeTime : broker.limits.connectTime
        schedule(after: time)
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
        if events.contains(.hangUp) {
            unblock()
            flush()
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
        guard let certificate = connection.peer, let name = broker.directory.thingName(certificate.id) else {
            close(.handshake(.noCertificate))
            return false
        }
        isHandshaking = false
        watch(.readable)
        session = BrokerSession(provenName: name.bytes, limits: broker.limits, now: Clock.monotonic())
        schedule(after: broker.limits.connectTime)
        return true
    }

    // MARK: Connecting and closing

    /// Answers a good CONNECT. An older connection of the same device ends first ([MQTT-3.1.4-2]).
    func connect(_ clientID: [UInt8]) {
        let name = clientID.text
        guard let device = broker.device(name) else {
            session.refuse(.identifierRejected, &output)
            close(.unknownClientID(name))
            return
        }
        let now = Clock.monotonic()
        if let older = device.connection { takeOver(older, of: device, now: now) }
        self.device = device
        device.connection = self
        connectedAt = now
        session.admit(&output)
        broker.counters.connected += 1
        broker.pendingEnded()
        scheduleExpiry(now: now)
        broker.log.info("Device \(name) connected from \(peer) (\(transport.name)).")
    }

    private func takeOver(_ older: BrokerConnection, of device: DeviceTarget, now: Int64) {
        broker.counters.takenOver += 1
        let isQuick = now - older.connectedAt < Self.youth
        device.quickTakeovers = isQuick ? device.quickTakeovers + 1 : 0
        // A device that lost its network comes again soon, once; two programs drive each other out for ever.
        if device.quickTakeovers >= 2 {
            broker.log.warn(
                "Device \(device.thingName) connects again and again, from \(older.peer) and \(peer): two programs "
                    + "seem to use its certificate and client ID. Let only one of them run.")
        }
        older.close(.takenOver)
    }

    /// Ends the connection: sends what the socket takes at once, closes it and publishes the will where it is due.
    func close(_ reason: CloseReason) {
        if isClosed { return }
        isClosed = true
        if let timer { broker.reactor.cancel(timer) }
        timer = nil
        if !isHandshaking, !output.isEmpty, !isBlocked { _ = transport.write(output.readable) }
        output = ByteBuffer()
        broker.waiting -= waiting
        transport.shutdown()
        broker.reactor.remove(descriptor)
        FileDescriptor.close(descriptor)
        let will = session.end(reason)
        broker.ended(self, reason, will)
    }

    // MARK: Time

    /// Looks again when the session's deadline may have come. Packets only move the deadline, not the timer.
    private func scheduleExpiry(now: Int64) {
        if let deadline = session.deadline {
            schedule(after: deadline - now)
        } else if let timer {
            broker.reactor.cancel(timer)
            self.timer = nil
        }
    }

    private func schedule(after interval: Int64) {
        if let timer { broker.reactor.cancel(timer) }
        timer = broker.reactor.schedule(afterNanoseconds: interval) { self.expire() }
    }

    private func expire() {
        timer = nil
        if isClosed { return }
        let now = Clock.monotonic()
        if isHandshaking {
            close(.handshakeTimeout)
        } else if let reason = session.expiry(now: now) {
            close(reason)
        } else {
            scheduleExpiry(now: now)
        }
    }
}
