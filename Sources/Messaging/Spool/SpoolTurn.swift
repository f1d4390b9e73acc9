import Database
import Linux

/// One visit of the storage: at most one transaction for both queues, then reads. It runs on the background thread.
final class SpoolTurn: BackgroundJob {
    private let file: SpoolFile
    private let whenDone: (SpoolTurn) -> Void
    var outbound = QueueWork()
    var inbound = QueueWork()
    /// All that is known of the cloud's sessions, where it is to be stored.
    var sessions: (entries: [KeptSessions.Entry], change: UInt64)?

    private(set) var outboundResult = QueueResult()
    private(set) var inboundResult = QueueResult()
    /// Set when the file was opened in this turn.
    private(set) var found: (outbound: FoundRows, inbound: FoundRows)?
    private(set) var foundSessions: [KeptSessions.Entry] = []
    /// Set when the file had to be put aside; nothing of the work was done then.
    private(set) var setAside: SetAside?
    /// Whether what was to be written is on the disk.
    private(set) var isCommitted = false
    /// What the disk refused.
    private(set) var failure: DatabaseError?

    init(_ file: SpoolFile, whenDone: @escaping (SpoolTurn) -> Void) {
        self.file = file
        self.whenDone = whenDone
    }

    func run() {
        do throws(DatabaseError) {
            if !file.isOpen {
                // What is written has to know how the rows that are there are numbered: the work is for the next turn.
                found = try file.open()
                foundSessions = file.sessions
                return
            }
            try work()
        } catch {
            recover(from: error)
        }
    }

    func finished() { whenDone(self) }

    var writes: Bool { outbound.writes || inbound.writes || sessions != nil }

    private func work() throws(DatabaseError) {
        guard let outbound = file.outbound, let inbound = file.inbound else { return }
        if writes {
            try file.transaction { () throws(DatabaseError) in
                try Self.write(&self.outbound, outbound, &outboundResult)
                try Self.write(&self.inbound, inbound, &inboundResult)
                if let sessions { try file.store(sessions.entries) }
            }
            isCommitted = true
        }
        try Self.read(self.outbound, outbound, &outboundResult)
        try Self.read(self.inbound, inbound, &inboundResult)
    }

    private static func write(
        _ work: inout QueueWork, _ table: SpoolTable, _ result: inout QueueResult
    ) throws(DatabaseError) {
        if let through = work.deleteThrough { result.deleted = try table.delete(through: through) }
        if work.insertThrough != nil { result.inserted = try table.store(&work.insert) }
    }

    private static func read(
        _ work: QueueWork, _ table: SpoolTable, _ result: inout QueueResult
    ) throws(DatabaseError) {
        var after = work.gap.after
        if work.excess > 0 {
            try table.evict(work.gap, excess: work.excess, &result)
            after = result.evictedThrough
        }
        if work.load > 0 {
            try table.load(after: after, through: work.gap.through, limit: work.load, &result)
        }
    }

    private func recover(from error: DatabaseError) {
        guard SpoolFile.isUseless(error) else {
            failure = error
            return
        }
        do throws(DatabaseError) {
            setAside = try file.setAside(because: error)
            found = try file.open()
        } catch {
            failure = error
        }
    }
}
