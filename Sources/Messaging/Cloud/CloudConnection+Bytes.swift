import Bytes
import Linux
import MQTT
import Network
import TLS

/// Bytes: from the socket to the session, and from the session to the socket.
extension CloudConnection: EventHandler, TurnEndHandler {
    /// What one turn reads from it, and how much is read at a time.
    private static let share = 65_536
    private static let piece = 16_384
    /// Answers that may wait for the socket, beside the messages under way, bytes: a cloud that sends and never reads
    /// would make them without end. Above it nothing is read until fewer wait.
    static let mostAnswers = 262_144

    // MARK: In

    func handle(_ events: Events) {
        guard connection != nil else { return }
        if events.contains(.writable) {
            // First what waits leaves, which may be what reading waits for.
            isBlocked = false
            if let reason = write() { return lost(reason, byServer: false) }
        }
        // A socket that is not read tells of its end again and again.
        if !isReading, events.contains(.hangUp) { return lost("the cloud closed it", byServer: false) }
        receive()
        if events.contains(.hangUp), connection != nil {
            isBlocked = false
            changed()
        }
    }

    private var isReading: Bool { !isPaused && !isChoked }

    func receive() {
        var share = Self.share
        while let connection, share > 0, isReading {
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
        if connection != nil, isReading { readLater() }
    }

    /// Goes on in the next turn, with what was read already first.
    private func readLater() {
        if isReadAsked { return }
        isReadAsked = true
        link.reactor.schedule(afterNanoseconds: 0) { [self] in
            isReadAsked = false
            process()
            receive()
        }
    }

    private func process() {
        while let session {
            if isPersistent, session.phase == .up, !link.hasInboundRoom {
                isPaused = true
                return changed()
            }
            if hasTooManyAnswers {
                isChoked = true
                return changed()
            }
            let now = Clock.monotonic()
            switch session.next(&input, &output, now: now) {
            case .needsBytes: return changed()
            case .accepted(let sessionPresent): accepted(sessionPresent: sessionPresent)
            case .confirmed(let number):
                hasProgress = true
                link.confirmed(number, self)
            case .subscribed(let answers): subscribed(answers)
            case .unsubscribed(let filters): link.kept?.remove(filters, from: name)
            case .message(let topic, let payload, let identifier):
                link.received(topic: topic, payload: payload, identifier: identifier, from: self)
            case .failed(let failure): fail(failure)
            }
        }
    }

    /// There is room again for what the cloud has.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        watch()
        process()
        receive()
    }

    // MARK: Out

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

    /// Something was written, or the time of the next look has changed.
    func changed() {
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

    /// What of the output is no message under way: those are bounded by the session's window, and a cloud that is slow to
    /// take them is read all the same, or both ends could wait for each other.
    private var hasTooManyAnswers: Bool { output.count > Self.mostAnswers + (session?.flightBytes ?? 0) }

    /// - Returns: why the connection is broken, or nil.
    @discardableResult
    func write() -> String? {
        guard let connection else { return nil }
        while !output.isEmpty, !isBlocked {
            switch connection.tls.write(output.readable) {
            case .done(let count): output.consume(count)
            case .wantWrite: isBlocked = true
            case .wantRead: return nil
            // What the other end still had to say is read first, where anything is: that may tell why.
            case .closed: return isReading ? nil : "the cloud closed it"
            case .failed(let failure): return failureReason(failure)
            }
        }
        if isChoked, !hasTooManyAnswers {
            isChoked = false
            readLater()
        }
        watch()
        return nil
    }

    private func watch() {
        guard let connection else { return }
        var events: Events = isReading ? .readable : []
        if isBlocked { events.insert(.writable) }
        if events == interest { return }
        interest = events
        // It is watched already: the kernel has nothing to refuse.
        do throws(SystemError) { try link.reactor.modify(connection.descriptor, events) } catch { return }
    }
}
