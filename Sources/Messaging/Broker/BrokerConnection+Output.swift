import Bytes
import Linux
import Log
import MQTT
import TLS

extension BrokerConnection {
    /// Writes a message if the client has subscribed to its topic and its queue has room.
    func send(_ message: Message) {
        guard !isClosed, session.wants(message.topic) else {
            broker.counters.droppedUnsubscribed += 1
            return
        }
        let length = Publish.packetLength(topic: message.topic, payload: message.payload)
        guard hasRoom(length) else {
            drop()
            return
        }
        do throws(MQTTError) {
            try Publish.write(topic: message.topic, payload: message.payload, to: &output)
        } catch {
            // Functions and the cloud are held to the same limits as devices: this message is none of theirs.
            broker.log.error("Cannot send a message to device \(device?.thingName ?? ""): \(error.description)")
            return
        }
        broker.counters.delivered += 1
        if output.count >= Self.earlyFlush, !isBlocked { write() }
        broker.flushLater(self)
    }

    /// Writes the queue, and closes where that shows that the connection is broken.
    func flush() {
        isDirty = false
        if isClosed { return }
        write()
        if let broken { close(broken) }
    }

    private func write() {
        let amount = output.count
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
        broker.waiting += output.count - waiting
        waiting = output.count
        watchAsNeeded()
        if output.isEmpty { releaseStorage(after: amount) }
        if output.isEmpty, hasToldLoss {
            hasToldLoss = false
            broker.log.info("Device \(device?.thingName ?? "") reads again; it has lost \(dropped) messages so far.")
        }
    }

    /// Gives the storage of a burst back when quiet has come again, and keeps it during the burst.
    private func releaseStorage(after amount: Int) {
        if amount >= Self.burst {
            holdsBurst = true
        } else if holdsBurst {
            holdsBurst = false
            output = ByteBuffer()
        }
    }

    private func hasRoom(_ length: Int) -> Bool {
        output.count + length <= broker.limits.outputQueue
            && broker.waiting + output.count - waiting + length <= broker.limits.outputQueues
    }

    private func drop() {
        dropped += 1
        broker.counters.droppedByFullQueue += 1
        if hasToldLoss { return }
        hasToldLoss = true
        broker.log.warn(
            "Device \(device?.thingName ?? "") reads too slowly: \(output.count) bytes wait for it. Messages for it "
                + "are dropped until it has read them.")
    }

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
        var events = isFull ? Events() : .readable
        if isBlocked { events.insert(.writable) }
        watch(events)
    }

    func watch(_ events: Events) {
        if events == interest { return }
        interest = events
        do throws(SystemError) {
            try broker.reactor.modify(descriptor, events)
        } catch {
            broken = .failed(error.description)
            broker.flushLater(self)
        }
    }
}
