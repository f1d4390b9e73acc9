import Bytes
import Linux
import Log
import MQTT
import Network
import TLS

/// One connection of the pool: makes it, keeps it, and makes it again when it is lost, until it is stopped.
///
/// What it does with bytes is in `CloudConnection+Bytes.swift`, with time in `CloudConnection+Time.swift`, and what it says
/// about its end in `CloudConnection+Reasons.swift`.
final class CloudConnection {
    enum State {
        case idle
        case connecting
        case connected
        case waiting
        case stopped
    }

    /// A connection that lasted so long, or on which a message went, was good: the next attempt comes soon, nanoseconds.
    private static let goodTime: Int64 = 10_000_000_000

    let name: String
    let isPersistent: Bool
    let requests: [Subscribe.Request]
    let link: CloudLink
    private(set) var session: CloudSession?
    private(set) var state = State.idle
    private(set) var since: Int64 = 0
    private(set) var peer = ""
    private(set) var lastError = ""
    private(set) var connects: UInt64 = 0
    private(set) var granted = 0
    private(set) var refused: [TopicFilter] = []
    private(set) var takeovers = TakeoverWatch()
    /// When the last connection ended.
    private(set) var endedAt: Int64 = 0
    /// Whether a message went through the present one.
    var hasProgress = false
    private var pace: CloudPace
    private var backoff: CloudBackoff
    private var dialer: Dialer?
    var connection: DialedConnection?
    var input = ByteBuffer()
    var output = ByteBuffer()
    var interest = Events.readable
    var isBlocked = false
    var isDirty = false
    /// Nothing is read while the queue behind a kept session is full.
    var isPaused = false
    /// Nothing is read while too many answers wait for the socket.
    var isChoked = false
    var isReadAsked = false
    /// Acknowledgements that wait until their messages are stored, in the order of those.
    var awaiting: [(ticket: Ticket, identifier: PacketIdentifier)] = []
    var timer: TimerID?
    var armed: Int64 = 0
    var toldAt: Int64 = 0
    var toldError = ""
    /// Filters whose refusal the log tells: each once, however often the connection is made again.
    private var toldRefusals: Set<TopicFilter> = []
    var delays = Recurrence()

    /// - Parameter requests: what to subscribe to whenever the connection stands.
    init(name: String, isPersistent: Bool, requests: [Subscribe.Request], link: CloudLink) {
        self.name = name
        self.isPersistent = isPersistent
        self.requests = requests
        self.link = link
        pace = CloudPace(operationTimeout: link.settings.operationTimeout, window: link.settings.window)
        backoff = CloudBackoff(longest: link.settings.longestRetry)
    }

    var isUp: Bool { session?.phase == .up }
    var currentPace: CloudPace { session?.pace ?? pace }

    // MARK: Life

    func start() {
        guard state == .idle || state == .waiting else { return }
        become(.connecting)
        let begun = Dialer(link.settings.plan, reactor: link.reactor, resolver: link.resolver) { [self] result in
            dialer = nil
            switch result {
            case .success(let made): dialed(made)
            case .failure(let failure): lost(failure.description, byServer: false)
            }
        }
        dialer = begun
        begun.start()
    }

    /// Says goodbye and does not come back.
    func stop() {
        dialer?.cancel()
        dialer = nil
        if let session, let connection {
            session.end(&output, now: Clock.monotonic())
            write()
            _ = connection.tls.shutdown()
        }
        close()
        become(.stopped)
    }

    private func dialed(_ made: DialedConnection) {
        let now = Clock.monotonic()
        connection = made
        peer = "\(made.peer), \(made.tls.protocolName)"
        let session = CloudSession(
            CloudSession.Settings(
                clientID: name.bytes, cleanSession: !isPersistent, keepAlive: link.settings.keepAlive), pace: pace)
        self.session = session
        session.begin(&output, now: now)
        interest = .readable
        do throws(SystemError) {
            try link.reactor.add(made.descriptor, interest, self)
        } catch {
            return lost(error.description, byServer: false)
        }
        changed()
        // TLS may have read the first bytes already.
        if made.tls.hasPending { receive() }
    }

    /// The connection or the attempt has ended; the next one comes.
    func lost(_ reason: String, byServer: Bool) {
        guard state != .stopped else { return }
        let now = Clock.monotonic()
        let wasUp = state == .connected
        let underWay = session?.flights.map { $0.number } ?? []
        let lifetime = now - since
        if let session { pace = session.pace }
        close()
        var text = reason
        var delay: Int64?
        if wasUp {
            endedAt = now
            if lifetime >= Self.goodTime || hasProgress { backoff.reset() }
            let isShared = link.ended(self, underWay: underWay, byServer: byServer)
            let isNews = takeovers.ended(after: lifetime, byServer: byServer && underWay.isEmpty && !isShared)
            if link.isFought, byServer, lifetime < TakeoverWatch.youth { delay = backoff.slowest() }
            if takeovers.isFought {
                text =
                    "the cloud closes it shortly after it stands, again and again: another client uses the client ID "
                text +=
                    "\(name); find it (another core with the same config.json and certificate?), or give this core an "
                text += "ID of its own with coreThing.coreClientId"
                if isNews { toldError = "" }
            }
        }
        let pause = delay ?? backoff.next()
        tell(text, wasUp: wasUp, pause: pause, now: now)
        lastError = text
        become(.waiting)
        timer = link.reactor.schedule(afterNanoseconds: pause) { [self] in
            timer = nil
            start()
        }
    }

    private func close() {
        if let timer { link.reactor.cancel(timer) }
        timer = nil
        connection?.close(link.reactor)
        connection = nil
        session = nil
        input = ByteBuffer()
        output = ByteBuffer()
        isBlocked = false
        isPaused = false
        isChoked = false
        awaiting = []
        granted = 0
        peer = ""
    }

    private func become(_ state: State) {
        self.state = state
        since = Clock.monotonic()
    }

    /// The last end was not another client's doing.
    func retractTakeover() { takeovers.retract() }

    // MARK: What the session tells

    func accepted(sessionPresent: Bool) {
        connects += 1
        hasProgress = false
        become(.connected)
        refused = []
        toldError = ""
        link.log.info("Connected to the cloud as \(name) (\(peer)).")
        subscribe(sessionPresent: sessionPresent)
        link.stands(self)
    }

    /// Asks for what the group wants, and takes back what a kept session has beyond that from an earlier deployment.
    private func subscribe(sessionPresent: Bool) {
        guard let session else { return }
        let wanted = requests.map { $0.filter }
        var unwanted: [TopicFilter] = []
        if let kept = link.kept {
            if sessionPresent, isPersistent {
                unwanted = kept.filters(of: name).filter { !wanted.contains($0) }
            } else {
                kept.replace(name, with: isPersistent ? wanted : [])
            }
        }
        // First what is wanted, so that nothing of it is missed where both match; but the cloud's limit counts both.
        let isTooMuch = unwanted.count + wanted.count > CloudLink.subscriptionsAConnection
        if isTooMuch { session.unsubscribe(unwanted, &output, now: since) }
        session.subscribe(requests, &output, now: since)
        if !isTooMuch { session.unsubscribe(unwanted, &output, now: since) }
    }

    func subscribed(_ answers: [(filter: TopicFilter, granted: QoS?)]) {
        var untold: [String] = []
        for answer in answers {
            if answer.granted != nil {
                granted += 1
                continue
            }
            refused.append(answer.filter)
            if toldRefusals.insert(answer.filter).inserted { untold.append(answer.filter.bytes.text) }
        }
        if untold.isEmpty { return }
        link.log.error(
            "The cloud refuses the subscription to \(untold.joined(separator: ", ")) of \(name): nothing from it will "
                + "arrive. In AWS IoT the policy of the core's certificate has to allow iot:Subscribe and iot:Receive for it."
        )
    }

    func fail(_ failure: CloudSessionFailure) {
        if case .unanswered = failure { link.timedOut() }
        lost(
            failure.description(clientID: name, certificate: link.settings.plan.files.certificate), byServer: false)
    }
}
