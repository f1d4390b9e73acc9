import Bytes
import Linux
import Log
import MQTT
import TLS

extension BrokerConnection {
    /// Reads what is there, up to the share of one turn, and lets the session have it.
    func receive() {
        if isClosed { return }
        if isFull {
            watchAsNeeded()
            broker.flushLater(self)
            return
        }
        var share = Self.scratchSize
        let now = Clock.monotonic()
        while !isClosed {
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
        if !isClosed, !output.isEmpty { broker.flushLater(self) }
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
            process(&broker.scratch, now: now)
        }
        if !isClosed { input.append(broker.scratch.readable) }
        broker.scratch.removeAll()
        return progress
    }

    /// Reads the rest of a large packet into the connection's own buffer.
    private func receiveOwn(now: Int64) -> Progress? {
        let room = input.prepareToWrite(minimum: Self.scratchSize / 4)
        guard let progress = progress(transport.read(into: room), room: room.count) else { return nil }
        input.commit(progress.read)
        process(&input, now: now)
        if !isClosed, input.isEmpty { input = ByteBuffer() }
        return progress
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

    /// While it runs, nobody else may touch `buffer`: `close` leaves the input alone.
    private func process(_ buffer: inout ByteBuffer, now: Int64) {
        while !isClosed {
            switch session.next(&buffer, &output, now: now) {
            case .needsBytes: return
            case .publish(let topic, let payload): publish(topic, payload)
            case .connecting(let clientID): connect(clientID)
            case .discard(let topic, let breach): discard(topic, breach)
            case .subscribed(let added, let refused): subscribed(added, refused)
            case .close(let reason): close(reason)
            }
        }
    }

    private func publish(_ topic: [UInt8], _ payload: [UInt8]) {
        guard let device else { return }
        broker.counters.received += 1
        broker.router.publish(topic: topic, payload: payload, from: device.source)
    }

    private func discard(_ topic: [UInt8], _ breach: TopicRules.Breach) {
        broker.counters.received += 1
        broker.counters.droppedByTopic += 1
        broker.log.warn(
            "Discarding a message of device \(device?.thingName ?? "") on topic \(topic.text): "
                + session.topicRules.describe(breach) + ".")
    }

    private func subscribed(_ added: [TopicFilter], _ refused: [TopicFilter]) {
        guard let device else { return }
        if let first = refused.first {
            let reason = session.topicRules.breach(first.bytes.span).map { session.topicRules.describe($0) }
            broker.log.warn(
                "Refused \(refused.count) topic filters of device \(device.thingName), first \(first.bytes.text): "
                    + (reason ?? "it has \(broker.limits.filters) filters already, which is the most allowed") + ".")
        }
        for filter in added where !device.mayReceive(filter) {
            broker.log.warn(
                "Device \(device.thingName) subscribed to \(filter.bytes.text), but no subscription of the group with "
                    + "this device as its target has a matching subject: nothing will arrive. Add one and deploy.")
        }
    }
}
