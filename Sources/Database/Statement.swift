import CSQLite

/// One prepared statement. It keeps its database open.
public final class Statement {
    private let database: Database
    private let handle: OpaquePointer
    private let step: String

    init(_ database: Database, _ handle: OpaquePointer, step: String) {
        self.database = database
        self.handle = handle
        self.step = step
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Parameters are counted from 1.
    public func bind(_ index: Int32, _ value: Int64) throws(DatabaseError) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    public func bind(_ index: Int32, _ bytes: [UInt8]) throws(DatabaseError) {
        try check(
            bytes.withUnsafeBytes { csqlite_bind_bytes(handle, index, $0.baseAddress, Int32($0.count)) })
    }

    /// - Returns: whether there is a row.
    public func next() throws(DatabaseError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let error = database.error(code, step: step)
        sqlite3_reset(handle)
        throw error
    }

    /// Runs a statement that gives no rows, and makes it ready for the next time.
    public func run() throws(DatabaseError) {
        while try next() {}
        reset()
    }

    /// Makes it ready for the next time; the parameters stay.
    public func reset() {
        sqlite3_reset(handle)
    }

    /// Columns are counted from 0.
    public func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    /// The column's bytes, copied.
    public func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private func check(_ code: Int32) throws(DatabaseError) {
        if code != SQLITE_OK { throw database.error(code, step: step) }
    }
}
