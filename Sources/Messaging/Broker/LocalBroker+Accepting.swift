import Linux
import Log
import TLS

extension LocalBroker {
    /// Connections accepted from one listener in one turn.
    private static let acceptsPerTurn = 64
    /// How long accepting rests when descriptors or memory are used up, in nanoseconds.
    private static let rest: Int64 = 1_000_000_000

    func accept(from listener: BrokerListener) {
        for _ in 0..<Self.acceptsPerTurn {
            let isFull = pending >= limits.pendingConnections
            let crowding = isFull ? crowdingConnection() : nil
            if isFull, crowding == nil {
                pause()
                lookForRoomLater()
                return
            }
            switch Socket.accept(listener.descriptor) {
            case .wouldBlock: return
            case .accepted(let descriptor, let peer):
                if let crowding { crowdOut(crowding) }
                begin(descriptor, peer.text, listener.context)
            case .exhausted(let code):
                let reason = SystemError("accept a connection", code: code).reason
                log.warn("Cannot accept a connection now: \(reason). Trying again in a second.")
                pause()
                reactor.schedule(afterNanoseconds: Self.rest) { self.listenAgain() }
                return
            }
        }
    }

    private func begin(_ descriptor: Int32, _ peer: String, _ context: TLSContext?) {
        counters.accepted += 1
        let transport: Transport
        do throws(TLSError) {
            if let context {
                transport = .secure(try TLSConnection(accepting: descriptor, context: context))
            } else {
                transport = .plain(descriptor)
            }
        } catch {
            log.error("Cannot serve \(peer): \(error.description)")
            FileDescriptor.close(descriptor)
            return
        }
        let connection = BrokerConnection(
            descriptor: descriptor, peer: peer, transport: transport, broker: self, now: Clock.monotonic())
        do throws(SystemError) {
            // Until it has sent a CONNECT it is a stranger, and the messages of others come first.
            try reactor.add(descriptor, .readable, connection, urgency: .low)
        } catch {
            log.error("Cannot serve \(peer): \(error.description)")
            FileDescriptor.close(descriptor)
            return
        }
        register(connection)
        pending += 1
        sweep(by: connection.deadline)
    }

    /// A connection has sent a good CONNECT or is gone: another may come.
    func pendingEnded() {
        pending -= 1
        resume()
    }

    private func pause() {
        isPaused = true
        watchListeners([])
    }

    private func resume() {
        guard pending < limits.pendingConnections else { return }
        listenAgain()
    }

    func listenAgain() {
        guard isPaused else { return }
        isPaused = false
        watchListeners(.readable)
    }

    private func watchListeners(_ events: Events) {
        for listener in listeners {
            do throws(SystemError) {
                try reactor.modify(listener.descriptor, events)
            } catch {
                log.error("Cannot watch the MQTT listener: \(error.description)")
            }
        }
    }
}
