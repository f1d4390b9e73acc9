import Group
import Linux
import MQTT

/// Messages from the cloud's persistent sessions (row B-11): the cloud is told that one is received when it is on the disk
/// or its targets are done with it, and its targets get it at a pace that they can take.
public final class InboundQueue {
    let queue: StoredQueue
    private let settings: SpoolSettings
    private let router: Router
    private let source: MessageSource
    var spool: Spool?
    /// Taken out of the queue; its targets have no room.
    private var blocked: StoredMessage?
    /// Numbers of messages whose last holder has let go.
    private let done = Letter()
    private var isFrozen = false
    private var isRetryScheduled = false
    private var accepted: UInt64 = 0
    private var finished: UInt64 = 0
    private var refused: UInt64 = 0
    /// Called when `hasRoom` is true again after it was false.
    public var whenRoom: (() -> Void)?
    private var isSenderWaiting = false

    /// A target that has no room is asked again after this time, nanoseconds.
    private static let retryPause: Int64 = 50_000_000
    /// Messages routed in one turn of the loop, so that others get theirs.
    private static let mostInTurn = 32

    init(_ queue: StoredQueue, settings: SpoolSettings, router: Router) {
        self.queue = queue
        self.settings = settings
        self.router = router
        source = router.source(.cloud)
    }

    var status: QueueStatus {
        var status = QueueStatus()
        status.waiting = queue.waitingCount
        status.waitingBytes = queue.waitingBytes
        status.underWay = Int64(queue.underWay.count)
        status.accepted = accepted
        status.finished = finished
        status.refused = refused
        status.lost = queue.lost
        return status
    }

    /// Whether another message would be taken. Where not, the link leaves it with the cloud and waits for `whenRoom`.
    public var hasRoom: Bool {
        let isFull =
            queue.waitingBytes >= settings.maximumBytes || queue.freshBytes >= settings.unstoredBytes
        if isFull { isSenderWaiting = true }
        return !isFull
    }

    /// Takes a message in.
    /// - Returns: the cloud may be told that it is received when this is settled; nil where there is no room for it.
    public func receive(topic: Span<UInt8>, payload: Span<UInt8>) -> Ticket? {
        guard let spool, !isFrozen, hasRoom else {
            refused += 1
            return nil
        }
        accepted += 1
        let ticket = spool.settlement.issue()
        topic.withUnsafeBufferPointer { topic in
            payload.withUnsafeBufferPointer { payload in
                queue.append(
                    topic: topic, payload: payload, isAwaited: spool.storesOnDisk, ticket: ticket,
                    at: Clock.monotonic())
            }
        }
        spool.noteChange()
        return ticket
    }

    /// Nothing more is routed, and nothing counts as done: what the functions' queues hold when the core ends comes again.
    func freeze() {
        forgetDone()
        isFrozen = true
        done.close()
    }

    /// Routes what its targets can take.
    func work() {
        forgetDone()
        var left = Self.mostInTurn
        while !isFrozen, left > 0, let message = blocked ?? queue.take() {
            blocked = message
            if router.isFull(topic: message.topic.span, payloadBytes: message.payload.count, from: source) {
                retryLater()
                break
            }
            blocked = nil
            route(message)
            left -= 1
        }
        if left == 0 { spool?.reactor.schedule(afterNanoseconds: 0) { [self] in spool?.noteChange() } }
        forgetDone()
        if isSenderWaiting, hasRoom {
            isSenderWaiting = false
            whenRoom?()
        }
    }

    private func route(_ message: StoredMessage) {
        let done = done
        let number = message.number
        let receipt = MessageReceipt { done.add(number) }
        done.whenFilled = { [self] in spool?.noteChange() }
        router.publish(
            MessageView(
                topic: message.topic.span, payload: message.payload.span, source: source, qos: .atLeastOnce,
                receipt: receipt))
    }

    private func forgetDone() {
        for number in done.take() where queue.finish(number) { finished += 1 }
    }

    private func retryLater() {
        guard !isRetryScheduled, let spool else { return }
        isRetryScheduled = true
        spool.reactor.schedule(afterNanoseconds: Self.retryPause) { [self] in
            isRetryScheduled = false
            spool.noteChange()
        }
    }
}

/// Numbers left for the queue by whoever is done, possibly in the middle of something: they are looked at later.
/// Used on the core's thread only, where every target works.
private final class Letter: @unchecked Sendable {
    private var numbers: [UInt64] = []
    private var isClosed = false
    var whenFilled: (() -> Void)?

    func add(_ number: UInt64) {
        if isClosed { return }
        numbers.append(number)
        if numbers.count == 1 { whenFilled?() }
    }

    func take() -> [UInt64] {
        let taken = numbers
        numbers.removeAll()
        return taken
    }

    func close() { isClosed = true }
}
