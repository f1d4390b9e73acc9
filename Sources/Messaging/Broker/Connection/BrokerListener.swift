import Linux
import TLS

/// One listening socket of the broker.
final class BrokerListener: EventHandler {
    let descriptor: Int32
    /// nil: no TLS.
    let context: TLSContext?
    private let broker: LocalBroker

    init(descriptor: Int32, context: TLSContext?, broker: LocalBroker) {
        self.descriptor = descriptor
        self.context = context
        self.broker = broker
    }

    func handle(_ events: Events) {
        broker.accept(from: self)
    }
}
