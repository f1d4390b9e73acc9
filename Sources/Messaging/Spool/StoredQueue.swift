/// One queue of messages of which some are in memory, some on the disk, and some both. It knows no disk: it says what to
/// write, delete and read, and is told what was done.
///
/// From the oldest message to the newest:
/// - `underWay`: handed out and not finished;
/// - `returned`: handed out once, to be handed out again;
/// - `window`: on the disk, and in memory too;
/// - `gap`: on the disk only;
/// - `fresh`: in memory, and not known to be on the disk yet.
///
/// Rows are deleted from the front only, up to the oldest living message, so that a crash hands a few finished messages
/// out again but never loses one.
final class StoredQueue {
    /// The first number that this process gives; what an earlier one has stored comes before it.
    static let firstNumber: UInt64 = 1 << 40

    struct Gap {
        /// The rows behind this number, and up to `through`.
        var after: UInt64 = 0
        var through: UInt64 = 0
        var count: Int64 = 0
        var bytes: Int64 = 0
    }

    private let settlement: Settlement
    /// Most bytes of `window`.
    private let windowBytes: Int64

    private(set) var underWay: [StoredMessage] = []
    /// The oldest last.
    private var returned: [StoredMessage] = []
    private var window = MessageFifo()
    private var gap = Gap()
    private var fresh = MessageFifo()

    private var nextNumber = StoredQueue.firstNumber
    /// Every living message up to this one is on the disk.
    private var storedThrough = StoredQueue.firstNumber - 1
    private var deletedThrough: UInt64 = 0
    private var lastAwaited: UInt64 = 0
    /// Rows in the file, and how many of them belong to living messages.
    private var rows: Int64 = 0
    private var livingRows: Int64 = 0

    /// Of what is not under way.
    private(set) var waitingBytes: Int64 = 0
    private(set) var displaced: UInt64 = 0
    /// On the disk by what we knew, but not there when it was read.
    private(set) var lost: UInt64 = 0
    /// Whether `take()` found nothing because the disk has to be read first.
    private(set) var wantsLoad = false

    init(settlement: Settlement, windowBytes: Int64) {
        self.settlement = settlement
        self.windowBytes = windowBytes
    }

    var waitingCount: Int64 { Int64(returned.count + window.count + fresh.count) + gap.count }
    var freshBytes: Int64 { fresh.occupied }
    var memoryBytes: Int64 {
        var sum = window.bytes + fresh.bytes
        for message in underWay { sum += message.size }
        for message in returned { sum += message.size }
        return sum
    }

    /// Whether `take()` gives something at once.
    var isReady: Bool {
        !returned.isEmpty || !window.isEmpty || gap.count == 0 && !fresh.isEmpty
    }

    // Messages.

    /// Takes a message in at the end.
    func append(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, isAwaited: Bool, ticket: Ticket,
        at now: Int64
    ) {
        let header = MessageHeader(
            number: nextNumber, ticket: ticket, arrival: now, isAwaited: isAwaited, topicCount: topic.count,
            payloadCount: payload.count)
        fresh.append(header, topic: topic, payload: payload)
        if isAwaited { lastAwaited = nextNumber }
        nextNumber += 1
        waitingBytes += header.size
    }

    /// The oldest message that waits; it is under way from now on.
    func take() -> StoredMessage? {
        let message: StoredMessage
        if let first = returned.popLast() {
            message = first
        } else if let first = window.popFirst() {
            message = first
        } else if gap.count > 0 {
            wantsLoad = true
            return nil
        } else if let first = fresh.popFirst() {
            message = first
        } else {
            return nil
        }
        waitingBytes -= message.size
        underWay.append(message)
        return message
    }

    /// A message that is under way is done with.
    /// - Returns: whether it was under way.
    func finish(_ number: UInt64) -> Bool {
        for index in underWay.indices where underWay[index].number == number {
            forget(underWay[index].header)
            underWay.remove(at: index)
            return true
        }
        return false
    }

    /// What is under way waits again, before all others and in its order.
    func returnAll() {
        for message in underWay.reversed() {
            waitingBytes += message.size
            returned.append(message)
        }
        underWay.removeAll(keepingCapacity: true)
    }

    /// Displaces the oldest waiting messages until the others fit (V1's overflow rule, SPOOL-04). Where the oldest are on
    /// the disk only, the rest is `excess` for the storage.
    func shrink(to maximum: Int64) {
        while waitingBytes > maximum {
            let header: MessageHeader
            if let first = returned.popLast() {
                header = first.header
            } else if let first = window.dropFirst() {
                header = first
            } else if gap.count == 0, let first = fresh.dropFirst() {
                header = first
            } else {
                return
            }
            displace(header)
        }
    }

    /// Displaces the oldest of what is in memory only, for a disk that does not take it.
    func shrinkFresh(to maximum: Int64) {
        while fresh.occupied > maximum, let header = fresh.dropFirst() { displace(header) }
    }

    private func displace(_ header: MessageHeader) {
        waitingBytes -= header.size
        displaced += 1
        forget(header)
    }

    /// A message lives no longer: its ticket is settled, and its row, if it has one, can be deleted.
    private func forget(_ header: MessageHeader) {
        if header.number <= storedThrough { livingRows -= 1 }
        settlement.finish(header.ticket)
    }

    // What the storage is to do.

    /// When the oldest message came that is not on the disk; nil where there is none.
    var oldestUnstored: Int64? {
        // Both lists are in order: mostly one look at the newest is enough.
        if let newest = underWay.last, newest.number > storedThrough {
            for message in underWay where message.number > storedThrough { return message.header.arrival }
        }
        if let newest = returned.first, newest.number > storedThrough {
            for message in returned.reversed() where message.number > storedThrough { return message.header.arrival }
        }
        return fresh.first?.arrival
    }

    /// Whether a sender waits for a message that is not under way: nothing but the disk can help it soon.
    var hasAwaited: Bool {
        if let first = fresh.first, first.number <= lastAwaited { return true }
        guard let newest = returned.first, newest.number > storedThrough else { return false }
        for message in returned where message.number > storedThrough && message.header.isAwaited { return true }
        return false
    }

    /// Copies of what is to be written, the oldest first.
    /// - Returns: the number of the last one; nil where there is nothing.
    func batch(upTo limit: Int64, into batch: inout MessageFifo) -> UInt64? {
        var last: UInt64?
        for message in underWay where message.number > storedThrough {
            batch.append(message)
            last = message.number
        }
        for message in returned.reversed() where message.number > storedThrough {
            batch.append(message)
            last = message.number
        }
        return fresh.copyFirst(upTo: limit, to: &batch) ?? last
    }

    /// How much the storage has to displace of what is on the disk only: nothing where older ones are in memory.
    func excess(over maximum: Int64) -> Int64 {
        gap.count > 0 && window.isEmpty && returned.isEmpty ? max(0, waitingBytes - maximum) : 0
    }

    /// The rows on the disk only, where the window has room for some of them.
    var rowsToLoad: Gap? {
        gap.count > 0 && (wantsLoad || window.bytes < windowBytes / 2) ? gap : nil
    }

    var rowsOnDiskOnly: Gap { gap }

    /// Rows of messages that live no longer and can be deleted.
    var staleRows: Int64 { deletable == nil ? 0 : rows - livingRows }

    /// Up to where rows can be deleted; nil where there are none to delete.
    var deletable: UInt64? {
        if rows == livingRows { return nil }
        let through = min(oldestLiving - 1, storedThrough)
        return through > deletedThrough ? through : nil
    }

    private var oldestLiving: UInt64 {
        var oldest = fresh.first?.number ?? nextNumber
        if gap.count > 0 { oldest = min(oldest, gap.after + 1) }
        if let first = window.first { oldest = min(oldest, first.number) }
        if let first = returned.last { oldest = min(oldest, first.number) }
        if let first = underWay.first { oldest = min(oldest, first.number) }
        return oldest
    }

    // What the storage has done.

    /// An earlier process has left rows. Called before anything of ours is stored.
    func found(rows count: Int64, bytes: Int64) {
        rows = count
        livingRows = count
        gap = Gap(after: 0, through: Self.firstNumber - 1, count: count, bytes: bytes)
        waitingBytes += bytes
    }

    /// The first rows on the disk only were passed over, to be deleted later.
    func evicted(count: Int64, bytes: Int64, through: UInt64) {
        displaced += UInt64(count)
        leaveGap(count: count, bytes: bytes, through: through)
        waitingBytes -= bytes
        livingRows -= count
    }

    /// The first rows on the disk only, in their order.
    /// - Parameter isAll: whether there were no more.
    func loaded(_ messages: inout MessageFifo, isAll: Bool) {
        wantsLoad = false
        while let message = messages.popFirst() {
            leaveGap(count: 1, bytes: message.size, through: message.number)
            window.append(message)
        }
        if isAll { loseGap() }
    }

    /// The file was replaced by an empty one: what was on the disk only is gone, and what is in memory as well has to be
    /// written again.
    func lostFile() {
        loseGap()
        rows = 0
        livingRows = 0
        var again: [StoredMessage] = []
        while let message = window.popFirst() { again.append(message) }
        returned.insert(contentsOf: again.reversed(), at: 0)
        deletedThrough = 0
        storedThrough = 0
    }

    /// Everything up to the number is on the disk.
    func stored(through number: UInt64, rows count: Int64) {
        rows += count
        for message in underWay where message.number > storedThrough && message.number <= number {
            livingRows += 1
            settlement.finish(message.header.ticket)
        }
        for message in returned where message.number > storedThrough && message.number <= number {
            livingRows += 1
            settlement.finish(message.header.ticket)
        }
        storedThrough = number
        while let header = fresh.first, header.number <= number {
            livingRows += 1
            settlement.finish(header.ticket)
            if gap.count == 0, window.bytes + header.size <= windowBytes, let message = fresh.popFirst() {
                window.append(message)
            } else {
                if gap.count == 0 { gap.after = header.number - 1 }
                gap.count += 1
                gap.bytes += header.size
                gap.through = header.number
                _ = fresh.dropFirst()
            }
        }
    }

    func deleted(through number: UInt64, rows count: Int64) {
        deletedThrough = number
        rows -= count
    }

    private func leaveGap(count: Int64, bytes: Int64, through: UInt64) {
        gap.count -= count
        gap.bytes -= bytes
        gap.after = through
    }

    private func loseGap() {
        guard gap.count > 0 else { return }
        lost += UInt64(gap.count)
        waitingBytes -= gap.bytes
        livingRows -= gap.count
        gap.count = 0
        gap.bytes = 0
    }
}
