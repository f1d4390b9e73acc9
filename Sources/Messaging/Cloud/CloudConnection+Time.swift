import Bytes
import Linux
import Log
import Network

/// Time: when to look whether the cloud still answers.
extension CloudConnection {
    func armTimer() {
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
        // What is not read cannot be missed. A cloud that does not read itself is another matter.
        if isPaused, !isChoked { session.heard(now: Clock.monotonic()) }
        let unsent = output.count + Socket.unsent(connection.descriptor)
        switch session.advance(&output, unsent: unsent, now: Clock.monotonic()) {
        case .nothing: changed()
        case .late(let seconds):
            link.timedOut()
            if delays.isTold() {
                link.log.warn(
                    "Cloud messaging error: operation timed out: the cloud has not answered \(name) for \(seconds) s. The "
                        + "messages stay queued." + delays.note)
            }
            changed()
        case .failed(let failure): fail(failure)
        }
    }
}
