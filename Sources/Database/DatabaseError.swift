import CSQLite

/// What a database file refused: which file, what was being done, and why.
public struct DatabaseError: Error {
    /// What to do about it depends on this.
    public enum Kind: Equatable, Sendable {
        /// No room is left where the file is.
        case full
        /// The file is damaged, or is no database.
        case damaged
        /// The file is a database of somebody else.
        case foreign
        /// The file was written by a later version of this program.
        case newer(version: Int64)
        /// Another process has the file.
        case busy
        /// The disk failed, or the file may not be read or written.
        case storage
        /// A mistake of ours.
        case internalError
    }

    public let kind: Kind
    public let file: String
    /// What was being done: `commit messages`.
    public let step: String
    public let reason: String

    public init(_ kind: Kind, file: String, step: String, reason: String) {
        self.kind = kind
        self.file = file
        self.step = step
        self.reason = reason
    }

    /// From SQLite's result code (sqlite.org/rescode.html), extended or not.
    init(code: Int32, file: String, step: String, detail: String?) {
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_FULL: .full
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .damaged
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_NOMEM: .storage
            default: .internalError
            }
        let name = sqlite3_errstr(code).map { String(cString: $0) } ?? "error"
        var reason = "\(name) (SQLite \(code))"
        if let detail, detail != name { reason += ": \(detail)" }
        self.init(kind, file: file, step: step, reason: reason)
    }

    /// `/greengrass/ggc/var/spool/spool.db: commit messages: database or disk is full (SQLite 13)`.
    public var description: String { "\(file): \(step): \(reason)" }
}
