import CSQLite
import Linux

/// One SQLite file, opened by one process and used by one thread at a time.
///
/// Every commit is on the disk when it returns: the write-ahead log is synced (`synchronous=FULL`). The file is locked for
/// this process alone, so that no shared memory is needed beside it. The page cache is bounded.
public final class Database {
    /// What a file is opened with.
    public struct Options: Sendable {
        /// Marks our files (`application_id`), so that somebody else's database is not taken for one.
        public var application: Int32
        /// The statements that bring a file from version `index` to version `index + 1`; version 0 is an empty file. Never
        /// changed once released.
        public var migrations: [StaticString]
        /// Most memory for pages, KiB.
        public var cacheKiB: Int32 = 64
        /// Pages in the write-ahead log after which it is copied into the file.
        public var checkpointPages: Int32 = 128
        /// To what the write-ahead log is cut after that.
        public var journalBytes: Int32 = 512 * 1024
        /// The name of another layer to the file system, for tests of it.
        public var fileSystem: String?

        public init(application: Int32, migrations: [StaticString]) {
            self.application = application
            self.migrations = migrations
        }
    }

    public let path: String
    private let handle: OpaquePointer

    private init(path: String, handle: OpaquePointer) {
        self.path = path
        self.handle = handle
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Opens a file, or makes it, and brings it to the newest version.
    public static func open(_ path: String, _ options: Options) throws(DatabaseError) -> Database {
        var handle: OpaquePointer?
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
            | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, options.fileSystem)
        guard let handle else {
            throw DatabaseError(code: SQLITE_NOMEM, file: path, step: "open the file", detail: nil)
        }
        let database = Database(path: path, handle: handle)
        if code != SQLITE_OK { throw database.error(code, step: "open the file") }
        csqlite_without_lookaside(handle)
        try database.configure(options)
        try database.migrate(options)
        return database
    }

    private func configure(_ options: Options) throws(DatabaseError) {
        let step = "read the file"
        // Before anything is read: then no other process has the file while we do, and none gets it.
        try execute("PRAGMA locking_mode=EXCLUSIVE", step: step)
        try execute("PRAGMA cache_size=-\(options.cacheKiB)", step: step)
        try execute("PRAGMA mmap_size=0", step: step)
        let found = try integer("PRAGMA application_id", step: step)
        let tables = try integer("SELECT count(*) FROM sqlite_schema", step: step)
        if found != Int64(options.application), found != 0 || tables > 0 {
            throw DatabaseError(
                .foreign, file: path, step: step, reason: "it is another program's database (application \(found))")
        }
        try execute("PRAGMA journal_mode=WAL", step: "start the write-ahead log")
        try execute("PRAGMA synchronous=FULL", step: step)
        try execute("PRAGMA wal_autocheckpoint=\(options.checkpointPages)", step: step)
        try execute("PRAGMA journal_size_limit=\(options.journalBytes)", step: step)
    }

    private func migrate(_ options: Options) throws(DatabaseError) {
        let version = try integer("PRAGMA user_version", step: "read the version")
        let newest = Int64(options.migrations.count)
        if version > newest {
            throw DatabaseError(
                .newer(version: version), file: path, step: "read the version",
                reason: "it has version \(version), and this program knows versions up to \(newest)")
        }
        if version == newest { return }
        try transaction { () throws(DatabaseError) in
            for index in Int(version)..<Int(newest) {
                try execute("\(options.migrations[index])", step: "bring the file to version \(index + 1)")
            }
            try execute("PRAGMA application_id=\(options.application)", step: "mark the file")
            try execute("PRAGMA user_version=\(newest)", step: "mark the file")
        }
    }

    /// Runs statements that give no rows.
    public func execute(_ statements: String, step: String) throws(DatabaseError) {
        let code = sqlite3_exec(handle, statements, nil, nil, nil)
        if code != SQLITE_OK { throw error(code, step: step) }
    }

    public func prepare(_ statement: String, step: String) throws(DatabaseError) -> Statement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, statement, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw error(code, step: step) }
        return Statement(self, prepared, step: step)
    }

    /// The first column of the first row; 0 where there is none.
    public func integer(_ query: String, step: String) throws(DatabaseError) -> Int64 {
        let statement = try prepare(query, step: step)
        return try statement.next() ? statement.integer(0) : 0
    }

    /// Rows that the last statement changed.
    public var changes: Int64 { Int64(sqlite3_changes(handle)) }

    /// Runs everything or nothing; it is on the disk when this returns.
    public func transaction(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        try execute("BEGIN IMMEDIATE", step: "begin a transaction")
        do throws(DatabaseError) {
            try body()
            try execute("COMMIT", step: "commit")
        } catch {
            // Some errors have rolled back already (lang_transaction.html); then there is nothing left to do.
            if sqlite3_get_autocommit(handle) == 0 { _ = sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Looks through the whole file for damage. Takes as long as reading it.
    public func check() throws(DatabaseError) {
        let statement = try prepare("PRAGMA quick_check(1)", step: "check the file")
        guard try statement.next() else { return }
        let verdict = String(decoding: statement.bytes(0), as: UTF8.self)
        if verdict != "ok" { throw DatabaseError(.damaged, file: path, step: "check the file", reason: verdict) }
    }

    /// Copies the write-ahead log into the file and empties it.
    public func checkpoint() throws(DatabaseError) {
        try execute("PRAGMA wal_checkpoint(TRUNCATE)", step: "copy the write-ahead log")
    }

    func error(_ code: Int32, step: String) -> DatabaseError {
        let detail = sqlite3_errmsg(handle).map { String(cString: $0) }
        return DatabaseError(code: code, file: path, step: step, detail: detail)
    }
}
