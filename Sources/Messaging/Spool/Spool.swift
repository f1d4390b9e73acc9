import Database
import Linux
import Log

/// Keeps messages to the cloud until it has confirmed them, and persistent ones from the cloud until their targets have
/// taken them (docs/cloud-queue.md).
///
/// All writing is done by a thread of its own in few transactions: one is made when the oldest message has been held back
/// for `SpoolSettings.hold` without being finished, or at once when somebody waits for a message that nothing but the disk
/// can make safe. What comes while the disk is busy is in the next transaction.
public final class Spool: TurnEndHandler {
    public let settings: SpoolSettings
    let reactor: Reactor
    let router: Router
    let log: Logger
    let settlement: Settlement
    /// Towards the cloud: what the router gives messages to and the cloud link takes them from.
    public private(set) var outbound: Spooler
    /// From the cloud, for persistent subscriptions.
    public private(set) var inbound: InboundQueue
    /// What the cloud's sessions may be subscribed to.
    public let sessions = KeptSessions()

    private let file: SpoolFile?
    private var thread: BackgroundThread?
    private var running: SpoolTurn?
    private var isTurnEndAsked = false
    private var isStopped = false
    private var timer: (id: TimerID, deadline: Int64)?
    private var staleSince: Int64?
    private var retryPause: Int64
    private var retryAt: Int64?
    private(set) var problem: DatabaseError?
    private var transactions: UInt64 = 0
    private var written: UInt64 = 0

    public init(settings: SpoolSettings, reactor: Reactor, router: Router, log: Logger) throws(SystemError) {
        self.settings = settings
        self.reactor = reactor
        self.router = router
        self.log = log
        retryPause = settings.firstRetry
        settlement = Settlement(router.ledger)
        let isFile: Bool
        switch settings.storage {
        case .memory:
            file = nil
            isFile = false
        case .folder(let folder):
            file = SpoolFile(folder: folder, fileSystem: settings.fileSystem)
            isFile = true
        }
        let windowBytes = isFile ? settings.windowBytes : 0
        outbound = Spooler(StoredQueue(settlement: settlement, windowBytes: windowBytes), settings: settings)
        inbound = InboundQueue(
            StoredQueue(settlement: settlement, windowBytes: windowBytes), settings: settings, router: router)
        if isFile { thread = try BackgroundThread(reactor: reactor) }
        outbound.spool = self
        inbound.spool = self
        sessions.whenChanged = { [self] in noteChange() }
        open()
    }

    /// Whether messages go to a disk.
    var storesOnDisk: Bool { file != nil }
    var isFailing: Bool { problem != nil }

    /// Opens the file before anything else happens, so that what an earlier process left comes first.
    private func open() {
        guard let file else { return }
        let turn = SpoolTurn(file) { [self] in take($0) }
        turn.run()
        running = turn
        turn.finished()
    }

    /// From now on nothing from the cloud is routed or counts as taken, for the functions are about to end.
    public func prepareToStop() {
        inbound.freeze()
    }

    /// Stores what is not on the disk, and ends the thread. Waits for the disk; nothing is taken in any more.
    public func stop() {
        if isStopped { return }
        isStopped = true
        inbound.freeze()
        thread?.stop()
        thread = nil
        if let timer { reactor.cancel(timer.id) }
        timer = nil
        guard let file else { return }
        // The thread has ended: the file is this thread's now.
        while problem == nil, let turn = makeTurn(all: true) {
            turn.run()
            running = turn
            turn.finished()
        }
        file.close()
    }

    public func status() -> SpoolStatus {
        var status = SpoolStatus()
        status.outbound = outbound.status
        status.inbound = inbound.status
        status.file = file?.path
        status.maximumBytes = settings.maximumBytes
        status.transactions = transactions
        status.written = written
        status.problem = problem?.description
        return status
    }

    /// Something has changed: what follows from it is done once, at the end of the turn.
    func noteChange() {
        if isTurnEndAsked || isStopped { return }
        isTurnEndAsked = true
        reactor.atEndOfTurn(self)
    }

    public func turnEnded() {
        isTurnEndAsked = false
        if isStopped { return }
        inbound.work()
        let isOffered = outbound.offer()
        settlement.settle()
        // What the link takes now the cloud may have confirmed before anything is written: storage waits for its look,
        // which comes first.
        if isOffered { reactor.schedule(afterNanoseconds: 0) { [self] in visitStorage() } } else { visitStorage() }
    }

    // The storage.

    private func visitStorage() {
        guard let thread, running == nil, !isStopped else { return }
        let now = Clock.monotonic()
        if let retryAt, retryAt > now {
            wake(at: retryAt)
            return
        }
        if let turn = makeTurn(all: false) {
            running = turn
            thread.submit(turn)
        } else if let next = nextDeadline(now) {
            wake(at: next)
        }
    }

    private func nextDeadline(_ now: Int64) -> Int64? {
        var next: Int64?
        for queue in [outbound.queue, inbound.queue] {
            if let oldest = queue.oldestUnstored { next = min(next ?? Int64.max, oldest + settings.hold) }
        }
        if let staleSince { next = min(next ?? Int64.max, staleSince + settings.deletionDelay) }
        return next
    }

    private func wake(at deadline: Int64) {
        if let timer {
            if timer.deadline <= deadline { return }
            reactor.cancel(timer.id)
        }
        let id = reactor.schedule(afterNanoseconds: deadline - Clock.monotonic()) { [self] in
            timer = nil
            visitStorage()
        }
        timer = (id, deadline)
    }

    /// What there is to do now; nil where there is nothing.
    /// - Parameter all: whether all that can be written is due.
    private func makeTurn(all: Bool) -> SpoolTurn? {
        guard let file else { return nil }
        let now = Clock.monotonic()
        let queues = [outbound.queue, inbound.queue]
        var stores = all && queues.contains { $0.oldestUnstored != nil }
        var deletes = all
        for queue in queues where !all {
            if queue.hasAwaited { stores = true }
            if let oldest = queue.oldestUnstored, oldest + settings.hold <= now { stores = true }
            if queue.staleRows >= settings.deletionRows { deletes = true }
        }
        staleSince = queues.contains { $0.deletable != nil } ? staleSince ?? now : nil
        if let staleSince, staleSince + settings.deletionDelay <= now { deletes = true }
        let turn = SpoolTurn(file) { [self] in take($0) }
        turn.outbound = work(outbound.queue, stores: stores, deletes: deletes || stores)
        turn.inbound = work(inbound.queue, stores: stores, deletes: deletes || stores)
        let reads = turn.outbound.reads || turn.inbound.reads
        turn.sessions = sessions.unstored
        if turn.writes || reads && !all || !file.isOpen && !all { return turn }
        return nil
    }

    private func work(_ queue: StoredQueue, stores: Bool, deletes: Bool) -> QueueWork {
        var work = QueueWork()
        if stores { work.insertThrough = queue.batch(upTo: settings.batchBytes, into: &work.insert) }
        if deletes { work.deleteThrough = queue.deletable }
        work.gap = queue.rowsOnDiskOnly
        work.excess = queue === outbound.queue ? queue.excess(over: settings.maximumBytes) : 0
        if queue.rowsToLoad != nil { work.load = settings.windowBytes / 2 }
        return work
    }

    private func take(_ turn: SpoolTurn) {
        running = nil
        if let aside = turn.setAside { noteSetAside(aside) }
        if let found = turn.found {
            outbound.queue.found(rows: found.outbound.count, bytes: found.outbound.bytes)
            inbound.queue.found(rows: found.inbound.count, bytes: found.inbound.bytes)
            sessions.found(turn.foundSessions)
            noteFound(found.outbound, found.inbound)
        }
        // The rows that were read are older than those that were written: they come first.
        let isRead = turn.failure == nil && turn.setAside == nil
        // What was committed to a file that is put aside now is not stored.
        let isWritten = turn.isCommitted && turn.setAside == nil
        apply(turn.outbound, turn.outboundResult, to: outbound.queue, isRead: isRead, isWritten: isWritten)
        apply(turn.inbound, turn.inboundResult, to: inbound.queue, isRead: isRead, isWritten: isWritten)
        // What was read may have been too much by now.
        outbound.queue.shrink(to: settings.maximumBytes)
        if isWritten {
            if let stored = turn.sessions { sessions.isStored(stored.change) }
            transactions += 1
            written += UInt64(turn.outboundResult.inserted + turn.inboundResult.inserted)
        }
        if let failure = turn.failure { fail(failure) } else { succeed() }
        settlement.settle()
        noteChange()
    }

    private func apply(_ work: QueueWork, _ result: QueueResult, to queue: StoredQueue, isRead: Bool, isWritten: Bool) {
        if isRead {
            if result.evicted > 0 {
                queue.evicted(count: result.evicted, bytes: result.evictedBytes, through: result.evictedThrough)
            }
            var loaded = result.loaded
            if work.load > 0 { queue.loaded(&loaded, isAll: result.loadedAll) }
        }
        if isWritten {
            if let through = work.deleteThrough { queue.deleted(through: through, rows: result.deleted) }
            if let through = work.insertThrough { queue.stored(through: through, rows: result.inserted) }
            if work.deleteThrough != nil { staleSince = nil }
        }
    }

    private func noteSetAside(_ aside: SetAside) {
        let before = outbound.queue.lost
        outbound.queue.lostFile()
        inbound.queue.lostFile()
        sessions.lostFile()
        log.error(
            "The file of the queue for the cloud cannot be used and was put aside as \(aside.path): \(aside.error). A new "
                + "one was made. Messages that were only in the old one are not sent "
                + "(\(outbound.queue.lost - before) known ones); `sqlite3 \(aside.path)` may still read them. Remove it when "
                + "it is of no more use.")
    }

    private func noteFound(_ outbound: FoundRows, _ inbound: FoundRows) {
        if outbound.count + inbound.count == 0 { return }
        log.info(
            "Goes on with \(outbound.count) messages to the cloud (\(outbound.bytes) bytes) and \(inbound.count) from it "
                + "that were stored before.")
    }

    private func fail(_ error: DatabaseError) {
        if problem?.kind != error.kind {
            let what =
                error.kind == .full
                ? "The disk has no room for messages to and from the cloud: \(error.description). Free some below "
                    + "\(file?.folder ?? ""), or lower GG_CONFIG_MAX_SIZE_BYTES. "
                : "The disk does not take messages to and from the cloud: \(error.description). Check the disk and who owns "
                    + "\(file?.folder ?? ""). "
            log.error(
                what
                    + "Until then they are kept in memory, at most \(settings.unstoredBytes) bytes, and are lost if the "
                    + "core ends; those of QoS 1 are not acknowledged. The core tries again by itself.")
        }
        problem = error
        retryAt = Clock.monotonic() + retryPause
        retryPause = min(retryPause * 2, settings.longestRetry)
    }

    private func succeed() {
        retryAt = nil
        retryPause = settings.firstRetry
        guard let problem else { return }
        log.info("The disk takes messages to and from the cloud again (\(problem.file)).")
        self.problem = nil
    }
}
