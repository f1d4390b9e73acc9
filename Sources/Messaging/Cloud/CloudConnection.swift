import Bytes
import Linux
import Log
import MQTT
import Network
import TLS

/// One connection of the pool: makes it, keeps it, and makes it again when it is lost, until it is stopped.
final class CloudConnection: EventHandler, TurnEndHandler {
    enum State {
        case idle
        case connecting
        case connected
        case waiting
        case stopped
    }

    /// What one turn reads from it, and how much is read at a time.
    static let share = 65_536
    static let piece = 16_384
    /// A connection that lasted so long, or on which a message went, was good: the next attempt comes soon, nanoseconds.
    private static let goodTime: Int64 = 10_000_000_000
    /// The same reason is told again only after so long, nanoseconds: a core that is offline for a month must not fill
    /// its flash with it.
    private static let repetition: Int64 = 3_600_000_000_000

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
    private var hasProgress = false
    private var pace: CloudPace
    private var backoff: CloudBackoff
    private var dialer: Dialer?
    private var connection: DialedConnection?
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private var interest = Events.readable
    private var isBlocked = false
    private var isDirty = false
    /// Nothing is read while the queue behind a kept session is full.
    private var isPaused = false
    private var isReadAsked = false
    /// Acknowledgements that wait until their messages are stored, in the order of those.
    private var awaiting: [(ticket: Ticket, identifier: PacketIdentifier)] = []
    private var timer: TimerID?
    private var armed: Int64 = 0
    private var toldAt: Int64 = 0
    private var toldError = ""

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
    private func lost(_ reason: String, byServer: Bool) {
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

    private func tell(_ reason: String, wasUp: Bool, pause: Int64, now: Int64) {
        let seconds = (pause + 999_999_999) / 1_000_000_000
        let sentence =
            wasUp
            ? "The connection to the cloud as \(name) is lost: \(reason). Trying again in \(seconds) s."
            : "No connection to the cloud as \(name): \(reason). Trying again in \(seconds) s, and so on."
        if reason == toldError, now - toldAt < Self.repetition { return link.log.debug(sentence) }
        toldError = reason
        toldAt = now
        link.log.warn(sentence)
    }

    private func close() {
        if let timer { link.reactor.cancel(timer) }
        timer = nil
        if let connection {
            link.reactor.remove(connection.descriptor)
            FileDescriptor.close(connection.descriptor)
        }
        connection = nil
        session = nil
        input = ByteBuffer()
        output = ByteBuffer()
        isBlocked = false
        isPaused = false
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

    // MARK: Bytes

    func handle(_ events: Events) {
        guard connection != nil else { return }
        if events.contains(.writable) {
            isBlocked = false
            changed()
        }
        // A socket that is not read tells of its end again and again.
        if isPaused, events.contains(.hangUp) { return lost("the cloud closed it", byServer: false) }
        receive()
        if events.contains(.hangUp), connection != nil {
            isBlocked = false
            changed()
        }
    }

    private func receive() {
        var share = Self.share
        while let connection, share > 0, !isPaused {
            let room = input.prepareToWrite(minimum: Self.piece)
            switch connection.tls.read(into: room) {
            case .done(let count):
                input.commit(count)
                share -= count
                process()
            case .wantRead: return
            case .wantWrite:
                isBlocked = true
                return watch()
            case .closed: return lost(closeReason(), byServer: true)
            case .failed(let failure): return lost(failureReason(failure), byServer: false)
            }
        }
        // More may wait inside TLS, where the reactor does not see it.
        guard connection != nil, !isPaused, !isReadAsked else { return }
        isReadAsked = true
        link.reactor.schedule(afterNanoseconds: 0) { [self] in
            isReadAsked = false
            receive()
        }
    }

    private func process() {
        while let session {
            if isPersistent, session.phase == .up, !link.hasInboundRoom {
                isPaused = true
                return changed()
            }
            let now = Clock.monotonic()
            switch session.next(&input, &output, now: now) {
            case .needsBytes: return changed()
            case .accepted: accepted()
            case .confirmed(let number):
                hasProgress = true
                link.confirmed(number, self)
            case .subscribed(let answers): subscribed(answers)
            case .message(let topic, let payload, let identifier):
                link.received(topic: topic, payload: payload, identifier: identifier, from: self)
            case .failed(let failure): fail(failure)
            }
        }
    }

    private func accepted() {
        connects += 1
        hasProgress = false
        become(.connected)
        refused = []
        toldError = ""
        link.log.info("Connected to the cloud as \(name) (\(peer)).")
        session?.subscribe(requests, &output, now: since)
        link.stands(self)
    }

    private func subscribed(_ answers: [(filter: TopicFilter, granted: QoS?)]) {
        for answer in answers {
            if answer.granted != nil {
                granted += 1
                continue
            }
            refused.append(answer.filter)
            link.log.error(
                "The cloud refuses the subscription to \(answer.filter.bytes.text) of \(name): nothing from it will arrive. "
                    + "In AWS IoT the policy of the core's certificate has to allow iot:Subscribe and iot:Receive for it."
            )
        }
    }

    private func fail(_ failure: CloudSessionFailure) {
        if case .unanswered = failure { link.timedOut() }
        lost(
            failure.description(clientID: name, certificate: link.settings.plan.files.certificate), byServer: false)
    }

    // MARK: Sending

    /// Sends a message of the queue. Only when the session has room.
    func publish(_ message: QueuedMessage) {
        session?.publish(
            message.number, topic: message.topic, payload: message.payload, &output, now: Clock.monotonic())
        changed()
    }

    func acknowledge(_ identifier: PacketIdentifier) {
        session?.acknowledge(identifier, &output, now: Clock.monotonic())
        changed()
    }

    /// Acknowledges when the ticket is settled.
    func acknowledge(_ identifier: PacketIdentifier, when ticket: Ticket) { awaiting.append((ticket, identifier)) }

    func settled(through ticket: Ticket) {
        var count = 0
        while count < awaiting.count, awaiting[count].ticket <= ticket {
            acknowledge(awaiting[count].identifier)
            count += 1
        }
        awaiting.removeFirst(count)
    }

    /// There is room again for what the cloud has.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        watch()
        process()
        receive()
    }

    /// Something was written, or the time of the next look has changed.
    private func changed() {
        guard !isDirty, connection != nil else { return }
        isDirty = true
        link.reactor.atEndOfTurn(self)
    }

    func turnEnded() {
        isDirty = false
        guard connection != nil else { return }
        if let reason = write() { return lost(reason, byServer: false) }
        armTimer()
    }

    /// - Returns: why the connection is broken, or nil.
    @discardableResult
    private func write() -> String? {
        guard let connection else { return nil }
        while !output.isEmpty, !isBlocked {
            switch connection.tls.write(output.readable) {
            case .done(let count): output.consume(count)
            case .wantWrite: isBlocked = true
            case .wantRead: return nil
            // What the other end still had to say is read first: that may tell why.
            case .closed: return nil
            case .failed(let failure): return failureReason(failure)
            }
        }
        watch()
        return nil
    }

    private func watch() {
        guard let connection else { return }
        var events: Events = isPaused ? [] : .readable
        if isBlocked { events.insert(.writable) }
        if events == interest { return }
        interest = events
        // It is watched already: the kernel has nothing to refuse.
        do throws(SystemError) { try link.reactor.modify(connection.descriptor, events) } catch { return }
    }

    // MARK: Time

    private func armTimer() {
        guard let deadline = session?.nextDeadline else { return }
        if timer != nil, armed <= deadline { return }
        if let timer { link.reactor.cancel(timer) }
        armed = deadline
        timer = link.reactor.schedule(afterNanoseconds: max(0, deadline - Clock.monotonic())) { [self] in
            timer = nil
            look()
        }
    }

    private func look() {
        guard let session, let connection else { return }
        // What is not read cannot be missed.
        if isPaused { session.heard(now: Clock.monotonic()) }
        let unsent = output.count + Socket.unsent(connection.descriptor)
        switch session.advance(&output, unsent: unsent, now: Clock.monotonic()) {
        case .nothing: changed()
        case .late(let seconds):
            link.timedOut()
            link.log.warn(
                "Cloud messaging error: operation timed out: the cloud has not answered \(name) for \(seconds) s. The "
                    + "messages stay queued.")
            changed()
        case .failed(let failure): fail(failure)
        }
    }
}
