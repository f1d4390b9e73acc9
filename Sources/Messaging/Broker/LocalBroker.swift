import Bytes
import Group
import Linux
import Log
import MQTT
import TLS

/// The MQTT 3.1.1 server: for the group's devices (MSG-10, MSG-11), or for whoever connects to a listener of its own.
///
/// For a group, what a device publishes goes to the router; what the router hands to a device is sent to it if the device
/// has subscribed to the topic. A plain broker has no router: a message goes to whoever has subscribed. All else is the
/// same. Output is collected during a turn of the reactor and written once at its end, or as soon as
/// `BrokerConnection.earlyFlush` bytes have come together.
public final class LocalBroker: TurnEndHandler, AcceptanceObserver {
    let reactor: Reactor
    /// nil: a plain broker.
    let router: Router?
    let log: Logger
    let limits: BrokerLimits
    let rules: BrokerRules
    let directory: DeviceDirectory

    public internal(set) var counters = BrokerCounters()

    /// By client ID.
    var sessions: [[UInt8]: ClientSession] = [:]
    /// Sessions without a connection.
    var away = 0
    let index = SubscriptionIndex()
    let retained: RetainedMessages
    var inventedClientIDs: UInt64 = 0

    /// Where every connection reads to first: a connection that has no half packet owns no input memory.
    var scratch = ByteBuffer(capacity: BrokerConnection.scratchSize)
    /// Bytes that wait for clients after their sockets were full.
    var waiting = 0
    /// Whose bytes are read now.
    var publisher: BrokerConnection?

    /// What is left of this turn's time for TLS handshakes, in nanoseconds.
    private(set) var handshakeShare: Int64

    private var devices: [String: DeviceTarget] = [:]
    var listeners: [BrokerListener] = []
    /// By descriptor.
    var connectionTable: [BrokerConnection?] = []
    /// Connections that have not sent a good CONNECT yet.
    var pending = 0
    var isPaused = false
    var isLookingForRoom = false
    /// What the log has been told, whoever made it.
    var told = Told()
    /// When the connections' deadlines are looked at next.
    var nextSweep = Int64.max
    var sweepTimer: TimerID?
    /// What connections have their output in.
    let storage = BufferPool()
    var isCooling = false

    private var dirty: [BrokerConnection] = []
    private var unread: [BrokerConnection] = []
    private var unsettled: [BrokerConnection] = []
    private var asksForTurnEnd = false

    struct Told {
        var topics = Recurrence()
        var retained = Recurrence()
        var crowding = Recurrence()
        var fullSessions = Recurrence()
        var refusals = TellingRate()
    }

    /// Serves a group. Registers every device of it with the router.
    ///
    /// - Parameters:
    ///   - directory: the group's devices; the same one answers for the `TLSContext`.
    ///   - subscriptions: the group's rows, to warn devices of filters that nothing can ever match.
    public init(
        reactor: Reactor, router: Router, directory: DeviceDirectory, subscriptions: [Subscription], log: Logger,
        limits: BrokerLimits = BrokerLimits()
    ) {
        self.reactor = reactor
        self.router = router
        self.directory = directory
        self.log = log
        self.limits = limits
        rules = BrokerRules(limits: limits, ledger: router.ledger)
        retained = RetainedMessages(limits: limits)
        handshakeShare = limits.handshakeShare
        var subjects: [String: [MQTT.TopicFilter]] = [:]
        for row in subscriptions {
            guard case .device(let name) = row.target else { continue }
            // Rows are validated with the group; one that is no filter matches nothing.
            do throws(MQTTError) { subjects[name, default: []].append(try MQTT.TopicFilter(row.subject)) } catch {
                continue
            }
        }
        for name in directory.thingNames {
            let device = DeviceTarget(
                thingName: name, source: router.source(.device(name)), subjects: subjects[name] ?? [], broker: self)
            devices[name] = device
            router.register(device, for: .device(name))
        }
        router.ledger.observe(self)
    }

    /// Serves whoever connects, without a group.
    ///
    /// - Parameter refused: filters that are refused with SUBACK 0x80.
    public init(
        reactor: Reactor, refusing refused: [MQTT.TopicFilter] = [], log: Logger, limits: BrokerLimits = .plain
    ) {
        self.reactor = reactor
        router = nil
        directory = DeviceDirectory([])
        self.log = log
        self.limits = limits
        rules = BrokerRules(limits: limits, refusing: refused)
        retained = RetainedMessages(limits: limits)
        handshakeShare = limits.handshakeShare
    }

    /// Serves devices over TLS on all addresses.
    /// - Parameter port: 0 takes a free one.
    /// - Returns: the port.
    /// - Throws: `SystemError` naming the port.
    @discardableResult
    public func listen(port: UInt16, context: TLSContext) throws(SystemError) -> UInt16 {
        try listen(try Socket.listen(port: port), context)
    }

    /// Serves clients over TLS on loopback.
    /// - Parameter port: 0 takes a free one.
    /// - Returns: the port.
    @discardableResult
    public func listenOnLoopback(port: UInt16, context: TLSContext) throws(SystemError) -> UInt16 {
        try listenOnLoopback(port, context)
    }

    /// Serves clients without TLS on loopback. In a group, for tests, whoever connects is believed to be the device
    /// that its client ID names.
    /// - Parameter port: 0 takes a free one.
    /// - Returns: the port.
    @discardableResult
    public func listenWithoutTLS(port: UInt16) throws(SystemError) -> UInt16 {
        try listenOnLoopback(port, nil)
    }

    private func listenOnLoopback(_ port: UInt16, _ context: TLSContext?) throws(SystemError) -> UInt16 {
        let sockets = try Socket.listenOnLoopback(port: port)
        // On a free port, the other family got another one.
        if port == 0 { for socket in sockets.dropFirst() { FileDescriptor.close(socket) } }
        let first = try listen(sockets[0], context)
        if port != 0 { for socket in sockets.dropFirst() { _ = try listen(socket, context) } }
        return first
    }

    private func listen(_ descriptor: Int32, _ context: TLSContext?) throws(SystemError) -> UInt16 {
        let listener = BrokerListener(descriptor: descriptor, context: context, broker: self)
        do throws(SystemError) {
            try reactor.add(descriptor, .readable, listener)
        } catch {
            FileDescriptor.close(descriptor)
            throw error
        }
        listeners.append(listener)
        return Socket.localPort(descriptor)
    }

    /// Closes every connection and listener, and leaves the router.
    public func stop() {
        for listener in listeners {
            reactor.remove(listener.descriptor)
            FileDescriptor.close(listener.descriptor)
        }
        listeners = []
        for connection in connections { connection.close(.stopped) }
        for name in directory.thingNames { router?.unregister(.device(name)) }
        devices = [:]
        for session in sessions.values { session.discard(index) }
        sessions = [:]
        away = 0
    }

    /// The connections there are now.
    var connections: [BrokerConnection] { connectionTable.compactMap { $0 } }

    func register(_ connection: BrokerConnection) {
        let place = Int(connection.descriptor)
        while connectionTable.count <= place { connectionTable.append(nil) }
        connectionTable[place] = connection
    }

    /// The devices that are connected now, in the group's order.
    public var connectedDevices: [ConnectedDevice] {
        var connected: [ConnectedDevice] = []
        for name in directory.thingNames {
            guard let connection = devices[name]?.connection else { continue }
            connected.append(
                ConnectedDevice(
                    thingName: name, peer: connection.peer, since: connection.connectedAt, dropped: connection.dropped))
        }
        return connected
    }

    func device(_ thingName: String) -> DeviceTarget? {
        devices[thingName]
    }

    // MARK: The end of a turn

    /// Has a connection's output written at the end of this turn.
    func flushLater(_ connection: BrokerConnection) {
        if connection.isDirty { return }
        connection.isDirty = true
        dirty.append(connection)
        askForTurnEnd()
    }

    /// Has a connection read on, after the others had their turn.
    func readLater(_ connection: BrokerConnection) {
        // Once a turn: its socket may be readable as well, which would add one more in each.
        if connection.isUnread { return }
        connection.isUnread = true
        unread.append(connection)
        askForTurnEnd()
    }

    /// Counts a step of a handshake towards this turn's share, so that a hundred devices that come at once do not hold
    /// up the messages of those that are there: on an ARMv6 board one handshake takes up to 0.3 s.
    func spendOnHandshakes(_ time: Int64) {
        handshakeShare -= time
        askForTurnEnd()
    }

    public func turnEnded() {
        asksForTurnEnd = false
        handshakeShare = limits.handshakeShare
        if !unread.isEmpty {
            let waiting = unread
            unread.removeAll(keepingCapacity: true)
            for connection in waiting {
                connection.isUnread = false
                connection.receive()
            }
        }
        // Closing a broken connection publishes its will, which makes others dirty.
        var index = 0
        while index < dirty.count {
            dirty[index].flush()
            index += 1
        }
        dirty.removeAll(keepingCapacity: true)
    }

    private func askForTurnEnd() {
        if asksForTurnEnd { return }
        asksForTurnEnd = true
        reactor.atEndOfTurn(self)
    }

    // MARK: Waiting

    /// Has a connection's answers sent when what they wait for is stored.
    func settleLater(_ connection: BrokerConnection) {
        if connection.isUnsettled { return }
        connection.isUnsettled = true
        unsettled.append(connection)
    }

    public func settled(through ticket: Ticket) {
        let waiting = unsettled
        unsettled = []
        for connection in waiting {
            connection.isUnsettled = false
            connection.settle()
            if connection.session.hasUnsettled { settleLater(connection) }
        }
    }

    /// Looks after a while whether a client for which publishers wait has read on.
    func lookForProgress(_ connection: BrokerConnection, _ number: UInt32) {
        reactor.schedule(afterNanoseconds: limits.patience) { connection.giveUpWaiting(number) }
    }
}
