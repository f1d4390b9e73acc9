import Bytes
import MQTT

extension CloudSession {
    /// What the passing of time brought.
    enum Advance: Equatable {
        case nothing
        /// An answer is late, for so many seconds; the cloud is asked whether it lives. Told once.
        case late(Int64)
        case failed(CloudSessionFailure)
    }

    /// For CONNACK, nanoseconds.
    private static let connackTime: Int64 = 30_000_000_000
    /// A cloud that lives may take so many times longer before the connection is given up.
    private static let patience: Int64 = 4
    private static let second: Int64 = 1_000_000_000
    /// What a way that is slow and not dead takes for a byte, nanoseconds: 2,000 bytes a second, a poor GPRS link.
    private static let byteTime: Int64 = 500_000
    /// So many bytes are on their way in no time that matters.
    private static let quickBytes = 4_096

    /// Pings, and finds out what does not come any more.
    ///
    /// - Parameter unsent: bytes that this machine still has to send. While they become fewer, the way is slow and not
    ///   dead: a message of 128 KB takes a minute on a GPRS link.
    func advance(_ output: inout ByteBuffer, unsent: Int, now: Int64) -> Advance {
        if unsent < self.unsent { lastDrained = now }
        self.unsent = unsent
        lastLook = now
        switch phase {
        case .new, .ended: return .nothing
        case .connecting:
            guard now - max(startedAt, lastDrained) >= Self.connackTime else { return .nothing }
            return fail(.noConnack((now - startedAt) / Self.second))
        case .up: break
        }
        let timeout = pace.timeout + transit
        if let pingedAt, now - max(pingedAt, max(lastReceived, lastDrained)) >= timeout {
            // Sent again at the same pace it would not arrive the next time either.
            if oldestOperation != nil { pace.missed() }
            return fail(.silent((now - max(pingedAt, max(lastReceived, lastDrained))) / Self.second))
        }
        if let oldest = oldestOperation {
            let waited = now - max(oldest, lastDrained)
            if waited >= pace.timeout * Self.patience + transit {
                pace.missed()
                return fail(.unanswered(waited / Self.second))
            }
            if waited >= timeout, !hasToldLate {
                hasToldLate = true
                ping(&output, now: now)
                return .late(waited / Self.second)
            }
        }
        let keepAlive = settings.keepAlive * Self.second
        if now - lastSent >= keepAlive || now - lastReceived >= keepAlive { ping(&output, now: now) }
        return .nothing
    }

    /// The other end is taken for alive: nobody reads what it sends.
    func heard(now: Int64) {
        lastReceived = now
        lastDrained = now
        pingedAt = nil
    }

    /// When `advance` is to be called again at the latest.
    var nextDeadline: Int64? {
        switch phase {
        case .new, .ended: return nil
        case .connecting: return max(startedAt, lastDrained) + Self.connackTime
        case .up: break
        }
        let timeout = pace.timeout + transit
        var deadline = Int64.max
        if let pingedAt {
            deadline = max(pingedAt, max(lastReceived, lastDrained)) + timeout
        } else {
            deadline = min(lastSent, lastReceived) + settings.keepAlive * Self.second
        }
        if let oldest = oldestOperation {
            let patience = hasToldLate ? pace.timeout * Self.patience : pace.timeout
            deadline = min(deadline, max(oldest, lastDrained) + patience + transit)
            // How much is still unsent is only known after a look.
            if transit > 0 { deadline = min(deadline, max(oldest, lastLook) + pace.timeout) }
        }
        return deadline
    }

    /// More time for what has left this machine and is not confirmed: a proxy or a modem may take a large message at once,
    /// and hand it on slowly.
    private var transit: Int64 { Int64(max(0, flightBytes - unsent - Self.quickBytes)) * Self.byteTime }

    private var oldestOperation: Int64? {
        switch (flights.first, subscribing) {
        case (nil, nil): nil
        case (let flight?, nil): flight.sentAt
        case (nil, let subscribing?): subscribing.sentAt
        case (let flight?, let subscribing?): min(flight.sentAt, subscribing.sentAt)
        }
    }

    private func ping(_ output: inout ByteBuffer, now: Int64) {
        guard pingedAt == nil else { return }
        pingedAt = now
        write(.pingreq, &output, now: now)
    }

    private func fail(_ failure: CloudSessionFailure) -> Advance {
        phase = .ended
        return .failed(failure)
    }
}
