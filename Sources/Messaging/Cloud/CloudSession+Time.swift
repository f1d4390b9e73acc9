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

    /// Pings, and finds out what does not come any more.
    ///
    /// - Parameter unsent: bytes that this machine still has to send. While they become fewer, the way is slow and not
    ///   dead: a message of 128 KB takes a minute on a GPRS link.
    func advance(_ output: inout ByteBuffer, unsent: Int, now: Int64) -> Advance {
        if unsent < self.unsent { lastDrained = now }
        self.unsent = unsent
        switch phase {
        case .new, .ended: return .nothing
        case .connecting:
            guard now - max(startedAt, lastDrained) >= Self.connackTime else { return .nothing }
            return fail(.noConnack((now - startedAt) / Self.second))
        case .up: break
        }
        let timeout = pace.timeout
        if let pingedAt, now - max(pingedAt, max(lastReceived, lastDrained)) >= timeout {
            return fail(.silent((now - max(pingedAt, max(lastReceived, lastDrained))) / Self.second))
        }
        if let oldest = oldestOperation {
            let waited = now - max(oldest, lastDrained)
            if waited >= timeout * Self.patience {
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
        let timeout = pace.timeout
        var deadline = Int64.max
        if let pingedAt {
            deadline = max(pingedAt, max(lastReceived, lastDrained)) + timeout
        } else {
            deadline = min(lastSent, lastReceived) + settings.keepAlive * Self.second
        }
        if let oldest = oldestOperation {
            deadline = min(deadline, max(oldest, lastDrained) + timeout * (hasToldLate ? Self.patience : 1))
        }
        return deadline
    }

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
