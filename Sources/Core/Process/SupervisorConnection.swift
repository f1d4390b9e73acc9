import Linux
import Sandbox

/// The core's end of the pair with its supervisor: asks for processes and hears what became of them.
final class SupervisorConnection: EventHandler {
    /// How long a core that cannot serve tries to say why, milliseconds.
    private static let patience: Int32 = 2000

    private let descriptor: Int32
    private let outbox: RecordOutbox
    private var reactor: Reactor?
    private var take: ((SupervisorMessage) -> Void)?

    init(descriptor: Int32) {
        self.descriptor = descriptor
        // A supervisor that does not listen has died; the core then ends with it (PR_SET_PDEATHSIG).
        FileDescriptor.makeNonBlocking(descriptor)
        outbox = RecordOutbox(socket: descriptor)
    }

    /// Hears the supervisor from now on.
    func listen(_ reactor: Reactor, _ take: @escaping (SupervisorMessage) -> Void) throws(SystemError) {
        self.reactor = reactor
        self.take = take
        try reactor.add(descriptor, interest, self)
    }

    /// Tells it now, or as soon as it has taken what was told before.
    /// - Parameter descriptors: are closed in any case.
    /// - Returns: whether the message can be told at all.
    @discardableResult
    func tell(_ message: SupervisorMessage, descriptors: [Int32] = []) -> Bool {
        guard let bytes = message.encode() else {
            for descriptor in descriptors { FileDescriptor.close(descriptor) }
            return false
        }
        let wasEmpty = outbox.isEmpty
        let isTold = outbox.send(bytes, descriptors)
        if wasEmpty != outbox.isEmpty { watch() }
        return isTold
    }

    /// Tells the last message of a core that ends: what waits before it is given up.
    func tellLast(_ message: SupervisorMessage) {
        outbox.discard()
        guard let bytes = message.encode(), outbox.send(bytes) else { return }
        let deadline = Clock.monotonic() + Int64(Self.patience) * 1_000_000
        while !outbox.isEmpty, Clock.monotonic() < deadline, outbox.flush() { Clock.pause(milliseconds: 1) }
    }

    func handle(_ events: Events) {
        if events.contains(.writable) {
            outbox.flush()
            if outbox.isEmpty { watch() }
        }
        while case .record(let bytes, let descriptors) = RecordSocket.receive(descriptor) {
            for descriptor in descriptors { FileDescriptor.close(descriptor) }
            if let message = SupervisorMessage(bytes) { take?(message) }
        }
    }

    private var interest: Events { outbox.isEmpty ? .readable : [.readable, .writable] }

    private func watch() {
        // It is watched already: the kernel has nothing to refuse.
        do throws(SystemError) { try reactor?.modify(descriptor, interest) } catch { return }
    }
}
