import Bytes
import Linux
import Log
import MQTT
import TLS

extension BrokerConnection {
    /// Reads what is there, up to the share of one turn, and lets the session have it.
    func receive() {
        if isClosed { return }
        let now = Clock.monotonic()
        if mustReadOn {
            mustReadOn = false
            processOwn(now: now)
        }
        if isFull || isStopped {
            if !isClosed { watchAsNeeded() }
            broker.flushLater(self)
            return
        }
        var share = Self.scratchSize
        while !isClosed, !isStopped, !mustReadOn {
            guard let room = input.count < Self.mostMoved ? receiveShared(now: now) : receiveOwn(now: now) else {
                break
            }
            share -= room.read
            // A socket that did not fill the room is empty; TLS hands out a record at a time.
            if room.isDrained { break }
            if share <= 0 {
                if transport.mayHoldBytes { broker.readLater(self) }
                break
            }
        }
        if isClosed { return }
        if isStopped { watchAsNeeded() }
        if !output.isEmpty { broker.flushLater(self) }
    }

    private struct Progress {
        let read: Int
        let isDrained: Bool
    }

    /// Reads into the broker's buffer, behind a half packet.
    private func receiveShared(now: Int64) -> Progress? {
        if !input.isEmpty {
            broker.scratch.append(input.readable)
            input.removeAll()
        }
        let room = broker.scratch.prepareToWrite(minimum: Self.scratchSize - Self.mostMoved)
        let progress = progress(transport.read(into: room), room: room.count)
        if let progress {
            broker.scratch.commit(progress.read)
            let count = process(broker.scratch.readable, now: now)
            broker.scratch.consume(count)
        }
        if !isClosed { input.append(broker.scratch.readable) }
        broker.scratch.removeAll()
        if input.isEmpty { input.releaseStorage() }
        return progress
    }

    /// Reads the rest of a large packet into the connection's own buffer.
    private func receiveOwn(now: Int64) -> Progress? {
        let room = input.prepareToWrite(minimum: Self.scratchSize / 4)
        guard let progress = progress(transport.read(into: room), room: room.count) else { return nil }
        input.commit(progress.read)
        processOwn(now: now)
        return progress
    }

    private func processOwn(now: Int64) {
        let count = process(input.readable, now: now)
        input.consume(count)
        if input.isEmpty { input.releaseStorage() }
    }

    private func progress(_ result: TLSResult, room: Int) -> Progress? {
        switch result {
        case .done(let count):
            if case .plain = transport { return Progress(read: count, isDrained: count < room) }
            return Progress(read: count, isDrained: false)
        case .wantRead: break
        case .wantWrite: block()
        case .closed: close(.lost)
        case .failed(let failure): close(.failed(failure.description))
        }
        return nil
    }

    /// Packets that can be sent on as they are: neighbours in the input, of one topic.
    private struct Run {
        var start = 0
        var end = 0
        var messages = 0
    }

    /// Lets the session read. `close` leaves the bytes alone.
    /// - Returns: how many bytes it has read.
    private func process(_ buffer: UnsafeRawBufferPointer, now: Int64) -> Int {
        let bytes = Span<UInt8>(_unsafeElements: buffer.assumingMemoryBound(to: UInt8.self))
        var position = 0
        var run = Run()
        let outer = broker.publisher
        broker.publisher = self
        defer { broker.publisher = outer }
        while !isClosed {
            // What comes after messages is answered after them: a client may ping to know that all has come.
            if run.messages > 0, position < bytes.count, bytes[position] >> 4 != PacketType.publish.rawValue {
                forward(&run, buffer)
            }
            let event = session.next(bytes, &position, &output, now: now)
            if case .publish = event, broker.router == nil, session.inbound.isForwardable {
                extend(&run, bytes, buffer)
                continue
            }
            forward(&run, buffer)
            switch event {
            case .needsBytes:
                relieve()
                return position
            case .held:
                isStopped = true
                relieve()
                return position
            case .publish: publish(bytes)
            case .discard(let breach): discard(bytes, breach)
            default: handle(event)
            }
            if mustReadOn {
                relieve()
                return position
            }
        }
        return position
    }

    /// A message that needs nothing but to be sent on.
    private func extend(_ run: inout Run, _ bytes: Span<UInt8>, _ buffer: UnsafeRawBufferPointer) {
        let message = session.inbound
        if run.messages > 0, message.repeatsTopic, message.start == run.end {
            run.end = message.end
            run.messages += 1
            return
        }
        forward(&run, buffer)
        broker.index.resolve(bytes.extracting(message.topicStart..<message.topicEnd))
        run = Run(start: message.start, end: message.end, messages: 1)
    }

    private func forward(_ run: inout Run, _ buffer: UnsafeRawBufferPointer) {
        if run.messages == 0 { return }
        broker.forward(UnsafeRawBufferPointer(rebasing: buffer[run.start..<run.end]), messages: run.messages)
        run.messages = 0
    }

    private func publish(_ bytes: Span<UInt8>) {
        let message = session.inbound
        let outcome = broker.publish(
            bytes.extracting(message.topicStart..<message.topicEnd),
            bytes.extracting(message.payloadStart..<message.end),
            message.qos, retain: message.retain, from: device)
        if outcome.isRefused, message.qos != .atMostOnce {
            // The client sends it again when it comes back; until then nothing is known of it.
            if message.qos == .exactlyOnce { session.client?.release(message.identifier) }
            return close(.cannotStore)
        }
        session.acknowledge(outcome.ticket, &output)
        if session.hasUnsettled { broker.settleLater(self) }
    }

    private func discard(_ bytes: Span<UInt8>, _ breach: TopicRules.Breach) {
        broker.counters.received += 1
        broker.counters.droppedByTopic += 1
        broker.tellBreach(
            "a message of \(session.client?.clientID.text ?? "")", session.lastTopic, breach, device)
    }

    private func handle(_ event: BrokerSession.Event) {
        switch event {
        case .connecting(let packet): connect(packet)
        case .subscribe(let packet):
            guard let client = session.client else { return }
            do throws(MQTTError) {
                try broker.subscribe(self, client, packet)
            } catch {
                return close(.violation(error))
            }
            pauseAfterSearch()
        case .unsubscribe(let packet): session.client?.unsubscribe(packet, broker.index, &output)
        case .close(let reason): close(reason)
        case .needsBytes, .held, .publish, .discard: return
        }
    }

    /// A SUBSCRIBE of eight bytes may have each retained message and each row looked at, and one read brings thousands
    /// of them: the others get their turn in between.
    private func pauseAfterSearch() {
        guard !isClosed, device != nil || broker.retained.count > 0 else { return }
        mustReadOn = true
        broker.readLater(self)
    }

    // MARK: Waiting for others

    /// Has no more messages read until `slow` has read on. Other packets still are: they may be the acknowledgements
    /// that somebody waits for.
    func hold(by slow: BrokerConnection) {
        holds += 1
        session.isHeld = true
        slow.holding.append(self)
        broker.counters.held += 1
    }

    /// One of those that it waited for has read on, or is waited for no more.
    func unhold() {
        holds -= 1
        guard holds == 0, !isClosed else { return }
        session.release(now: Clock.monotonic())
        broker.sweep(by: deadline)
        readOn()
    }

    /// Reads what had to wait.
    func readOn() {
        guard isStopped, !session.isHeld, !isClosed else { return }
        isStopped = false
        mustReadOn = true
        watchAsNeeded()
        broker.readLater(self)
    }

    /// Sends the acknowledgements that waited for what is stored now.
    func settle() {
        if isClosed { return }
        session.settle(&output, now: Clock.monotonic())
        broker.sweep(by: deadline)
        if !output.isEmpty { broker.flushLater(self) }
        readOn()
    }
}
