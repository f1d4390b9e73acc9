import Database

/// The rows of one direction. The number of a message is its row's with an offset, so that all rows that are there when
/// the file is opened come before the messages of this process, whenever that happens.
final class SpoolTable {
    private let database: Database
    private let offset: UInt64
    private let summary: FoundRows
    private let insert: Statement
    private let delete: Statement
    private let sizes: Statement
    private let select: Statement

    init(_ database: Database, _ name: String) throws(DatabaseError) {
        self.database = database
        let summary = try database.prepare(
            "SELECT count(*), ifnull(sum(length(topic) + length(payload)), 0), ifnull(max(number), 0), "
                + "ifnull(min(number), 0) FROM \(name)",
            step: "count the messages")
        guard try summary.next() else {
            throw DatabaseError(.internalError, file: database.path, step: "count the messages", reason: "no row")
        }
        self.summary = FoundRows(count: summary.integer(0), bytes: summary.integer(1))
        let largest = summary.integer(2)
        let smallest = summary.integer(3)
        // Numbers below zero are ours as well: when a file was put aside, what an earlier process had left was written to
        // the new one, before the first row of this process.
        let range = Int64(StoredQueue.firstNumber) - 1
        guard largest > -range, largest < range, smallest > largest - range else {
            throw DatabaseError(
                .damaged, file: database.path, step: "count the messages",
                reason: "it has rows with the numbers \(smallest) to \(largest)")
        }
        offset = UInt64(range - largest)
        // A commit that failed may have reached the disk all the same: then its rows are there already.
        insert = try database.prepare(
            "INSERT OR REPLACE INTO \(name)(number, topic, payload) VALUES(?, ?, ?)", step: "store a message")
        delete = try database.prepare(
            "DELETE FROM \(name) WHERE number <= ?", step: "delete confirmed messages")
        sizes = try database.prepare(
            "SELECT number, length(topic) + length(payload) FROM \(name) WHERE number > ? AND number <= ? ORDER BY number",
            step: "look for the oldest messages")
        select = try database.prepare(
            "SELECT number, topic, payload FROM \(name) WHERE number > ? AND number <= ? ORDER BY number",
            step: "read messages")
    }

    func found() throws(DatabaseError) -> FoundRows { summary }

    func store(_ messages: inout MessageFifo) throws(DatabaseError) -> Int64 {
        var count: Int64 = 0
        while let message = messages.popFirst() {
            try insert.bind(1, row(message.number))
            try insert.bind(2, message.topic)
            try insert.bind(3, message.payload)
            try insert.run()
            count += 1
        }
        return count
    }

    /// - Returns: how many there were.
    func delete(through number: UInt64) throws(DatabaseError) -> Int64 {
        try delete.bind(1, row(number))
        try delete.run()
        return database.changes
    }

    /// Passes the oldest rows of the gap over, until they have `excess` bytes.
    func evict(_ gap: StoredQueue.Gap, excess: Int64, _ result: inout QueueResult) throws(DatabaseError) {
        result.evictedThrough = gap.after
        try sizes.bind(1, row(gap.after))
        try sizes.bind(2, row(gap.through))
        defer { sizes.reset() }
        while result.evictedBytes < excess, try sizes.next() {
            result.evicted += 1
            result.evictedBytes += sizes.integer(1)
            result.evictedThrough = number(sizes.integer(0))
        }
    }

    /// Reads the rows after a number, until they have `limit` bytes.
    func load(
        after: UInt64, through: UInt64, limit: Int64, _ result: inout QueueResult
    ) throws(DatabaseError) {
        try select.bind(1, row(after))
        try select.bind(2, row(through))
        defer { select.reset() }
        while result.loaded.bytes < limit {
            guard try select.next() else {
                result.loadedAll = true
                return
            }
            let topic = select.bytes(1)
            let payload = select.bytes(2)
            guard topic.count <= Int(UInt16.max) else { continue }
            let header = MessageHeader(
                number: number(select.integer(0)), ticket: .none, arrival: 0, isAwaited: false,
                topicCount: topic.count, payloadCount: payload.count)
            result.loaded.append(StoredMessage(header: header, topic: topic, payload: payload))
        }
    }

    private func row(_ number: UInt64) -> Int64 { Int64(bitPattern: number) - Int64(offset) }
    private func number(_ row: Int64) -> UInt64 { UInt64(bitPattern: row + Int64(offset)) }
}
