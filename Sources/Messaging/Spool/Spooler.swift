import Group
import Linux
import Log
import MQTT

/// The queue of messages to the cloud (rows SPOOL-01 to SPOOL-06): the router's target for it, and where the cloud link
/// takes them from.
public final class Spooler: MessageTarget, CloudQueue {
    let queue: StoredQueue
    private let settings: SpoolSettings
    var spool: Spool?
    /// Whether the link was told that there is nothing, and has to be called when there is.
    private var isLinkWaiting = true
    private var accepted: UInt64 = 0
    private var confirmed: UInt64 = 0
    private var rejected: UInt64 = 0
    private var refused: UInt64 = 0
    /// When it was last logged that messages are lost, and how many had been then.
    private var lossesLogged: (at: Int64, count: UInt64)?
    public var whenReady: (() -> Void)?

    /// Between two lines of the log about lost messages, nanoseconds.
    private static let logPause: Int64 = 60_000_000_000
    /// How many times the largest size of a queue in memory its messages may take with all that they cost.
    private static let mostOccupied: Int64 = 4

    init(_ queue: StoredQueue, settings: SpoolSettings) {
        self.queue = queue
        self.settings = settings
    }

    var status: QueueStatus {
        var status = QueueStatus()
        status.waiting = queue.waitingCount
        status.waitingBytes = queue.waitingBytes
        status.underWay = Int64(queue.underWay.count)
        status.accepted = accepted
        status.finished = confirmed
        status.displaced = queue.displaced
        status.refused = refused
        status.rejected = rejected
        status.lost = queue.lost
        return status
    }

    // For the router.

    /// Takes a message in. Its sender is answered when the cloud or the disk has it.
    public func deliver(_ message: borrowing MessageView) -> Delivery {
        guard let spool else { return .dropped }
        let size = Int64(message.topic.count) + Int64(message.payload.count)
        let before = queue.displaced
        guard size <= settings.maximumBytes, makeRoomInMemory(for: size, spool) else {
            refused += 1
            logLosses(spool, isDiskSlow: size <= settings.maximumBytes)
            // What never fits is not sent again.
            return size <= settings.maximumBytes ? .refused : .dropped
        }
        accepted += 1
        let isAwaited: Bool
        if case .function = message.source.endpoint { isAwaited = true } else { isAwaited = message.qos != .atMostOnce }
        let ticket = spool.storesOnDisk ? spool.settlement.issue() : .none
        message.topic.withUnsafeBufferPointer { topic in
            message.payload.withUnsafeBufferPointer { payload in
                queue.append(
                    topic: topic, payload: payload, isAwaited: isAwaited && spool.storesOnDisk, ticket: ticket,
                    at: Clock.monotonic())
            }
        }
        queue.shrink(to: settings.maximumBytes)
        if queue.displaced > before { logLosses(spool) }
        spool.noteChange()
        return spool.storesOnDisk ? .storing(ticket) : .taken
    }

    public func isFull(forPayload bytes: Int) -> Bool {
        queue.waitingBytes + Int64(bytes) > settings.maximumBytes
    }

    /// What waits in memory is bounded. A disk that is only slow gets no more than that; one that refuses makes the queue a
    /// small one in memory, with V1's rule for its overflow; and a queue in memory does not grow without end on messages
    /// that are nearly empty.
    private func makeRoomInMemory(for size: Int64, _ spool: Spool) -> Bool {
        let most = spool.storesOnDisk ? settings.unstoredBytes : Self.mostOccupied * settings.maximumBytes
        guard queue.freshBytes + size > most else { return true }
        if spool.storesOnDisk, !spool.isFailing { return false }
        queue.shrinkFresh(to: most - size)
        return true
    }

    private func logLosses(_ spool: Spool, isDiskSlow: Bool = false) {
        let now = Clock.monotonic()
        let count = queue.displaced + refused
        if let lossesLogged, now - lossesLogged.at < Self.logPause { return }
        let new = count - (lossesLogged?.count ?? 0)
        lossesLogged = (now, count)
        let lost = "\(new) lost since this was last said, \(count) since the core started"
        if isDiskSlow {
            spool.log.warn(
                "The disk is too slow for the messages to the cloud (\(settings.unstoredBytes) bytes wait for it): new ones "
                    + "are refused, \(lost). Look for what else writes to the disk, or whether it is failing.")
            return
        }
        spool.log.warn(
            "The queue of messages to the cloud is full (\(settings.maximumBytes) bytes): the oldest are replaced by new "
                + "ones, \(lost). Set GG_CONFIG_MAX_SIZE_BYTES of GGCloudSpooler to what an interruption brings.")
    }

    // For the cloud link.

    public func next() -> QueuedMessage? {
        guard let message = queue.take() else {
            isLinkWaiting = true
            if queue.wantsLoad { spool?.noteChange() }
            return nil
        }
        // The window is filled up before it is empty.
        if queue.rowsToLoad != nil { spool?.noteChange() }
        return QueuedMessage(number: message.number, topic: message.topic, payload: message.payload)
    }

    public func confirm(_ number: UInt64) {
        guard queue.finish(number) else { return }
        confirmed += 1
        spool?.noteChange()
    }

    public func reject(_ number: UInt64) {
        guard queue.finish(number) else { return }
        rejected += 1
        spool?.noteChange()
    }

    public func returnAll() {
        queue.returnAll()
        isLinkWaiting = true
        queue.shrink(to: settings.maximumBytes)
        spool?.noteChange()
    }

    /// Calls the link where it waits and there is something for it.
    /// - Returns: whether it will look what there is, in the next turn.
    func offer() -> Bool {
        guard isLinkWaiting, queue.isReady, let whenReady else { return false }
        isLinkWaiting = false
        whenReady()
        return true
    }
}
