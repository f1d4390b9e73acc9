import Bytes
import Group
import Linux
import Log
import MQTT
import Network

/// The core's connections to the cloud: takes messages from the queue there, and brings the cloud's messages to the router.
///
/// - `<thing>`, the core's own connection: what sees whether the core is connected looks at this ID (rows CID-01, CID-06).
/// - `<thing>-c00` publishes all messages, in the order of the queue, and has up to 50 subscriptions; `-c01` and so on
///   have the next 50 each (rows CID-02, DX-20).
/// - With `AtLeastOncePersistent` the subscriptions are on connections of their own, from `-c01` on, whose sessions the
///   cloud keeps while the core is away (row B-11).
public final class CloudLink {
    public struct Settings {
        public var plan: DialPlan
        /// The core thing's name, or `coreClientId` (row CFG-11).
        public var clientID: String
        /// Seconds (row CFG-09).
        public var keepAlive: Int64 = 600
        /// Nanoseconds (row B-02).
        public var operationTimeout: Int64 = 5_000_000_000
        /// Nanoseconds (row CFG-20).
        public var longestRetry: Int64 = 60_000_000_000
        /// Messages under way at most. AWS IoT takes 100 of one client.
        public var window = 50
        /// Messages a second at most; AWS IoT throws away what is beyond 100 of one connection. nil is no limit.
        public var rate: Int64?
        /// Whether the cloud keeps what it has for the core while that is away.
        public var keepsSessions = false

        public init(plan: DialPlan, clientID: String) {
            self.plan = plan
            self.clientID = clientID
            if plan.place.host.hasSuffix(".amazonaws.com") { rate = 100 }
        }
    }

    /// AWS IoT's limit of subscriptions a connection, which V1 kept to (row CID-02).
    static let subscriptionsAConnection = 50

    /// Nanoseconds.
    private static let sameMoment: Int64 = 200_000_000

    let settings: Settings
    let reactor: Reactor
    let resolver: Resolver
    let router: Router
    let log: Logger
    private let queue: any CloudQueue
    /// Where messages of kept sessions are safe.
    let inbound: InboundQueue?
    /// What the sessions that the cloud keeps may be subscribed to, from earlier deployments too.
    let kept: KeptSessions?
    private let source: MessageSource
    private(set) var connections: [CloudConnection] = []
    /// The one that publishes.
    private var publisher: CloudConnection?
    private var poison = PoisonWatch()
    private var allowance = CloudAllowance()
    private var isPumping = false
    private var pumpTimer: TimerID?
    private var rejections = Recurrence()
    private var asides = Recurrence()
    public private(set) var counters = CloudLinkCounters()

    /// - Parameters:
    ///   - subscriptions: the group's rows.
    ///   - inbound: needed where `settings.keepsSessions`.
    ///   - kept: what an earlier process has subscribed kept sessions to.
    public init(
        settings: Settings, subscriptions: [Subscription], reactor: Reactor, resolver: Resolver, router: Router,
        queue: any CloudQueue, inbound: InboundQueue? = nil, kept: KeptSessions? = nil, log: Logger
    ) {
        self.settings = settings
        self.reactor = reactor
        self.resolver = resolver
        self.router = router
        self.queue = queue
        self.inbound = inbound
        self.kept = kept
        self.log = log
        source = router.source(.cloud)
        allowance = CloudAllowance(rate: settings.rate)
        makePool(CloudFilters.filters(subscriptions))
        addLeftConnections()
        guard connections.contains(where: { $0.isPersistent }) else { return }
        router.ledger.observe(self)
        inbound?.whenRoom = { [self] in
            for connection in connections { connection.resume() }
        }
    }

    private var keepsSessions: Bool { settings.keepsSessions && inbound != nil }

    private func makePool(_ filters: [MQTT.TopicFilter]) {
        let persistent = keepsSessions
        var batches: [[Subscribe.Request]] = []
        for (index, filter) in filters.enumerated() {
            if index % Self.subscriptionsAConnection == 0 { batches.append([]) }
            batches[batches.count - 1].append(Subscribe.Request(filter, qos: persistent ? .atLeastOnce : .atMostOnce))
        }
        if persistent { batches.insert([], at: 0) }
        if batches.isEmpty { batches.append([]) }
        connections.append(CloudConnection(name: settings.clientID, isPersistent: false, requests: [], link: self))
        for (index, requests) in batches.enumerated() {
            let connection = CloudConnection(
                name: Self.name(settings.clientID, index), isPersistent: persistent && index > 0, requests: requests,
                link: self)
            connections.append(connection)
            if index == 0 { publisher = connection }
        }
    }

    /// Sessions that are kept under client IDs which the group needs no more: what they still have is taken, and their
    /// subscriptions are taken back. With the next start they are gone.
    private func addLeftConnections() {
        guard let kept, inbound != nil else { return }
        for client in kept.clients where !connections.contains(where: { $0.name == client }) {
            guard Self.isOwn(client, of: settings.clientID) else {
                // Another thing's: the certificate need not be allowed to use its ID.
                kept.replace(client, with: [])
                continue
            }
            connections.append(CloudConnection(name: client, isPersistent: true, requests: [], link: self))
        }
    }

    /// `<thing>-c00` (row CID-01); from 100 on with three digits.
    static func name(_ base: String, _ index: Int) -> String { "\(base)-c\(index < 10 ? "0" : "")\(index)" }

    /// Whether `name(_:_:)` makes this of the base, with two or three digits.
    static func isOwn(_ client: String, of base: String) -> Bool {
        let prefix = "\(base)-c"
        guard client.utf8.starts(with: prefix.utf8) else { return false }
        let digits = client.utf8.dropFirst(prefix.utf8.count)
        return (2...3).contains(digits.count) && digits.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Connects, and stays connected. It never fails: without a cloud the core serves all the same (row MSG-09).
    public func start() {
        queue.whenReady = { [self] in pumpLater() }
        // Before the cloud is asked for them.
        for connection in connections where connection.isPersistent {
            kept?.add(connection.requests.map { $0.filter }, to: connection.name)
        }
        for connection in connections { connection.start() }
    }

    /// Says goodbye to the cloud. Messages that it has not confirmed stay in the queue.
    public func stop() {
        queue.whenReady = nil
        for connection in connections { connection.stop() }
        queue.returnAll()
    }

    public var status: CloudLinkStatus {
        CloudLinkStatus(
            host: settings.plan.place.host, port: settings.plan.place.port, connections: connections.map { $0.status },
            counters: counters)
    }

    // MARK: What connections tell

    /// CONNACK came.
    func stands(_ connection: CloudConnection) {
        if connection === publisher { pumpLater() }
    }

    /// Whether another client seems to use one of the IDs.
    var isFought: Bool {
        for connection in connections where connection.takeovers.isFought { return true }
        return false
    }

    /// An accepted connection is over.
    ///
    /// - Returns: whether another one ended at the same moment, which is a network's doing.
    func ended(_ connection: CloudConnection, underWay: [UInt64], byServer: Bool) -> Bool {
        if connection === publisher { returnMessages(underWay, byServer) }
        var isShared = false
        for other in connections where other !== connection && other.endedAt > 0 {
            guard connection.endedAt - other.endedAt < Self.sameMoment else { continue }
            other.retractTakeover()
            isShared = true
        }
        return isShared
    }

    private func returnMessages(_ underWay: [UInt64], _ byServer: Bool) {
        if byServer, let culprit = poison.closed(underWay: underWay) {
            counters.setAside += 1
            let reason =
                "the cloud has closed the connection \(PoisonWatch.strikes) times in a row when it got the message"
            if asides.isTold() {
                log.error(
                    "A message for the cloud is set aside: \(reason). Does the policy of the core's certificate allow "
                        + "iot:Publish to its topic? It is lost; those behind it go on." + asides.note)
            }
            queue.reject(culprit)
        }
        queue.returnAll()
    }

    func confirmed(_ number: UInt64, _ connection: CloudConnection) {
        counters.confirmed += 1
        poison.confirmed(number)
        queue.confirm(number)
        pumpLater()
    }

    func timedOut() { counters.timeouts += 1 }

    func received(topic: [UInt8], payload: [UInt8], identifier: PacketIdentifier?, from connection: CloudConnection) {
        counters.received += 1
        guard connection.isPersistent, let identifier, let inbound else {
            router.publish(topic: topic, payload: payload, from: source)
            if let identifier { connection.acknowledge(identifier) }
            return
        }
        // Without room for it the connection would not have been read.
        guard let ticket = inbound.receive(topic: topic.span, payload: payload.span) else { return }
        if router.ledger.isSettled(ticket) {
            connection.acknowledge(identifier)
        } else {
            connection.acknowledge(identifier, when: ticket)
        }
    }

    /// Whether a message of a kept session would be taken.
    var hasInboundRoom: Bool { inbound?.hasRoom ?? true }

    // MARK: Publishing

    private func pumpLater() {
        guard pumpTimer == nil else { return }
        pumpTimer = reactor.schedule(afterNanoseconds: 0) { [self] in
            pumpTimer = nil
            pump()
        }
    }

    private func pumpLater(after time: Int64) {
        guard pumpTimer == nil else { return }
        pumpTimer = reactor.schedule(afterNanoseconds: time) { [self] in
            pumpTimer = nil
            pump()
        }
    }

    /// Sends what the queue has and the window takes.
    private func pump() {
        guard let publisher, let session = publisher.session, !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        let now = Clock.monotonic()
        if poison.isIsolating {
            let left = PoisonWatch.settling - (now - publisher.since)
            if left > 0 { return pumpLater(after: left) }
        }
        while session.hasRoom(), !(poison.isIsolating && !session.flights.isEmpty) {
            let wait = allowance.wait(now: now)
            if wait > 0 { return pumpLater(after: wait) }
            guard let message = queue.next() else { return }
            if let problem = CloudRules.problem(message) {
                counters.rejected += 1
                if rejections.isTold() {
                    log.error(
                        "A message for the cloud on topic \(message.topic.text) is dropped: \(problem)."
                            + rejections.note)
                }
                queue.reject(message.number)
                continue
            }
            poison.sending(message.number)
            allowance.take()
            counters.sent += 1
            publisher.publish(message)
        }
    }
}

extension CloudLink: AcceptanceObserver {
    public func settled(through ticket: Ticket) {
        for connection in connections where connection.isPersistent { connection.settled(through: ticket) }
    }
}

extension CloudConnection {
    /// For the eyes.
    var status: CloudLinkStatus.Connection {
        let shown: CloudLinkStatus.Connection.State =
            switch state {
            case .idle, .connecting: .connecting
            case .connected: .connected
            case .waiting: .waiting
            case .stopped: .stopped
            }
        let pace = currentPace
        return CloudLinkStatus.Connection(
            clientID: name, state: shown, since: since, peer: peer, lastError: lastError,
            reconnects: connects > 0 ? connects - 1 : 0, subscriptions: granted, refusedSubscriptions: refused.count,
            inFlight: session?.flights.count ?? 0, window: pace.window, roundTrip: pace.roundTrip,
            isFought: takeovers.isFought)
    }
}
