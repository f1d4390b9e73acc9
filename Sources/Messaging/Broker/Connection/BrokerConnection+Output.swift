import Bytes
import Linux
import Log
import MQTT
import TLS

extension BrokerConnection {
    /// Sends whole packets that are there already, at once where they are many and nothing waits before them.
    func send(_ packets: UnsafeRawBufferPointer, messages: Int) {
        if isClosed { return }
        if output.isEmpty, packets.count >= Self.directSize, !isBlocked, broken == nil {
            broker.counters.delivered += UInt64(messages)
            let written = writeDirect(packets)
            if written == packets.count { return }
            output.append(UnsafeRawBufferPointer(rebasing: packets[written...]))
        } else {
            guard hasRoom(packets.count) else { return drop(messages) }
            broker.counters.delivered += UInt64(messages)
            output.append(packets)
        }
        outputGrew()
    }

    /// Writes a QoS 0 message if the queue has room.
    /// - Returns: whether it had.
    func send(_ topic: Span<UInt8>, _ payload: Span<UInt8>, retain: Bool) throws(MQTTError) -> Bool {
        if isClosed { return true }
        guard hasRoom(Publish.packetLength(topic: topic.count, payload: payload.count)) else {
            drop(1)
            return false
        }
        try Publish.write(topic: topic, payload: payload, retain: retain, to: &output)
        broker.counters.delivered += 1
        outputGrew()
        return true
    }

    /// Sends what its session has taken for it, as far as its window is open.
    func sendQueued() {
        if isClosed { return }
        session.client?.pump(&output)
        outputGrew()
    }

    private func outputGrew() {
        if output.count >= Self.earlyFlush, !isBlocked { write() }
        if !isBlocked, !output.isEmpty { broker.flushLater(self) }
        broker.waiting += output.count - waiting
        waiting = output.count
        if !isSlow, backlog > broker.limits.lowWater { mayHoldPublisher() }
    }

    /// Writes the queue, and closes where that shows that the connection is broken.
    func flush() {
        isDirty = false
        if isClosed { return }
        write()
        if let broken { return close(broken) }
        relieve()
    }

    /// - Returns: how much the socket took.
    private func writeDirect(_ bytes: UnsafeRawBufferPointer) -> Int {
        var at = 0
        while at < bytes.count {
            switch transport.write(UnsafeRawBufferPointer(rebasing: bytes[at...])) {
            case .done(let count): at += count
            case .wantWrite:
                block()
                return at
            case .wantRead: return at
            case .closed:
                broken = .lost
                broker.flushLater(self)
                return bytes.count
            case .failed(let failure):
                broken = .failed(failure.description)
                broker.flushLater(self)
                return bytes.count
            }
        }
        return at
    }

    private func write() {
        while true {
            while !output.isEmpty, !isBlocked, broken == nil {
                switch transport.write(output.readable) {
                case .done(let count): output.consume(count)
                case .wantWrite: block()
                // Only TLS says so: the next readable event writes again.
                case .wantRead: return
                case .closed: broken = .lost
                case .failed(let failure): broken = .failed(failure.description)
                }
            }
            // What its session has kept follows as soon as there is room.
            guard output.isEmpty, broken == nil, let client = session.client else { break }
            client.pump(&output)
            if output.isEmpty { break }
        }
        broker.waiting += output.count - waiting
        waiting = output.count
        output.fit()
        broker.coolLater()
        watchAsNeeded()
        if hasToldLoss, hasTakenAll {
            hasToldLoss = false
            broker.log.info("\(who) reads again; it has lost \(dropped) messages so far.")
        }
    }

    func hasRoom(_ length: Int) -> Bool {
        // A share of its own, which those who do not read cannot take from the others.
        if output.count + length <= broker.limits.lowWater { return true }
        return output.count + length <= broker.limits.outputQueue
            && broker.waiting + output.count - waiting + length <= broker.limits.outputQueues
    }

    /// Counts messages that its output had no room for.
    func drop(_ messages: Int) {
        broker.counters.droppedByFullQueue += UInt64(messages)
        lose(messages)
    }

    /// Notes messages that are lost and counted already, and tells it once until the client has taken what waits.
    func lose(_ messages: Int) {
        dropped += UInt64(messages)
        if hasToldLoss { return }
        hasToldLoss = true
        let kept = session.client?.outbound?.bytes ?? 0
        let unacknowledged = kept > 0 ? ", and \(kept) bytes for its acknowledgement" : ""
        broker.log.warn(
            "\(who) reads too slowly: \(output.count) bytes wait for it\(unacknowledged). Messages for it are dropped until "
                + "it has taken them.")
    }

    /// Whether nothing waits for the client, neither to be read nor to be acknowledged: one that reads all and
    /// acknowledges nothing must not be told of again with each packet.
    private var hasTakenAll: Bool { output.isEmpty && session.client?.outbound?.isEmpty ?? true }

    private var who: String {
        session.client.map { broker.name($0) } ?? "A client at \(peer)"
    }

    // MARK: Congestion

    /// Bytes that wait for the client, its session's included.
    private var backlog: Int {
        output.count + (session.client?.outbound?.unsentBytes ?? 0)
    }

    /// Has whoever publishes now wait for this client, where too much waits for it already.
    private func mayHoldPublisher() {
        let limits = broker.limits
        let isTight = broker.waiting > limits.outputQueues / 2 || broker.rules.stored > limits.sessionsBytes / 2
        let isCrowded = (session.client?.outbound?.unsent ?? 0) > limits.sessionMessages / 2
        guard backlog > limits.highWater || isTight || isCrowded, let publisher = broker.publisher else { return }
        if !isCongested {
            isCongested = true
            congestion &+= 1
            broker.lookForProgress(self, congestion)
        }
        publisher.hold(by: self)
    }

    /// Lets the publishers go on when the client has read enough.
    func relieve() {
        if isCongested, backlog <= broker.limits.lowWater { endCongestion() }
        if isSlow, output.isEmpty, Clock.monotonic() - slowSince >= broker.limits.probation { isSlow = false }
    }

    /// The client has not read on in time: nobody waits for it for a while.
    func giveUpWaiting(_ number: UInt32) {
        guard isCongested, congestion == number, !isClosed else { return }
        isSlow = true
        slowSince = Clock.monotonic()
        broker.counters.foundSlow += 1
        broker.log.info("\(who) reads too slowly for others to wait for it: \(backlog) bytes wait.")
        endCongestion()
    }

    func endCongestion() {
        isCongested = false
        let released = holding
        holding = []
        for publisher in released { publisher.unhold() }
    }

    // MARK: Watching

    /// Whether so many answers wait for a client that does not read them that nothing more is read from it.
    var isFull: Bool { output.count >= broker.limits.outputQueue + Self.answerRoom }

    /// Waits until the socket takes bytes again.
    func block() {
        isBlocked = true
        watchAsNeeded()
    }

    func unblock() {
        isBlocked = false
        watchAsNeeded()
    }

    func watchAsNeeded() {
        var events = isFull || isStopped ? Events() : .readable
        if isBlocked { events.insert(.writable) }
        watch(events)
    }

    func watch(_ events: Events) {
        if events == interest || isClosed { return }
        interest = events
        do throws(SystemError) { try broker.reactor.modify(descriptor, events) } catch { fail(error) }
    }

    /// It is a stranger no more: its bytes are read in each turn.
    func watchFirst() {
        do throws(SystemError) { try broker.reactor.raiseUrgency(descriptor, interest) } catch { fail(error) }
    }

    private func fail(_ error: SystemError) {
        broken = .failed(error.description)
        broker.flushLater(self)
    }
}
