import Database
import Linux

/// The file of the spool. Used by one thread at a time; everything in it may wait for the disk.
final class SpoolFile {
    /// `PSpl`.
    static let application: Int32 = 0x5053_706C
    static let name = "spool.db"
    /// Version by version; docs/cloud-queue.md. What is released is never changed: a new version is one more.
    static let migrations: [StaticString] = [
        """
        CREATE TABLE outbound(number INTEGER PRIMARY KEY, topic BLOB NOT NULL, payload BLOB NOT NULL);
        CREATE TABLE inbound(number INTEGER PRIMARY KEY, topic BLOB NOT NULL, payload BLOB NOT NULL);
        """,
        "CREATE TABLE sessions(client BLOB NOT NULL, filter BLOB NOT NULL, PRIMARY KEY(client, filter)) WITHOUT ROWID;",
    ]
    /// A larger file is not read through when it is opened: damage shows itself when it is used.
    private static let largestCheckedBytes: Int64 = 16 * 1024 * 1024
    /// Files that were put aside and are kept.
    private static let keptSetAside = 3

    let folder: String
    let path: String
    private let fileSystem: String?
    private var database: Database?
    private(set) var outbound: SpoolTable?
    private(set) var inbound: SpoolTable?
    private(set) var sessions: [KeptSessions.Entry] = []

    init(folder: String, fileSystem: String?) {
        self.folder = folder
        self.fileSystem = fileSystem
        path = Path.join(folder, Self.name)
    }

    var isOpen: Bool { database != nil }

    /// Opens the file or makes it. The numbers of its rows come before those of this process.
    func open() throws(DatabaseError) -> (outbound: FoundRows, inbound: FoundRows) {
        var options = Database.Options(application: Self.application, migrations: Self.migrations)
        options.fileSystem = fileSystem
        let opened = try Database.open(path, options)
        let pages = try opened.integer("PRAGMA page_count", step: "read the file")
        if pages * 4096 <= Self.largestCheckedBytes { try opened.check() }
        // The file's name has to survive a power cut as well as its content.
        if fileSystem == nil {
            do throws(SystemError) {
                try Files.sync(directory: folder)
            } catch {
                throw DatabaseError(.storage, file: path, step: "sync the folder", reason: error.description)
            }
        }
        let outbound = try SpoolTable(opened, "outbound")
        let inbound = try SpoolTable(opened, "inbound")
        let found = (try outbound.found(), try inbound.found())
        sessions = try Self.sessions(opened)
        database = opened
        self.outbound = outbound
        self.inbound = inbound
        return found
    }

    private static func sessions(_ database: Database) throws(DatabaseError) -> [KeptSessions.Entry] {
        let select = try database.prepare("SELECT client, filter FROM sessions", step: "read the cloud's sessions")
        var entries: [KeptSessions.Entry] = []
        while try select.next() {
            entries.append(KeptSessions.Entry(client: select.bytes(0), filter: select.bytes(1)))
        }
        return entries
    }

    /// Replaces what is known of the cloud's sessions; within a transaction.
    func store(_ sessions: [KeptSessions.Entry]) throws(DatabaseError) {
        guard let database else { return }
        let step = "store the cloud's sessions"
        try database.execute("DELETE FROM sessions", step: step)
        let insert = try database.prepare("INSERT INTO sessions VALUES(?, ?)", step: step)
        for entry in sessions {
            try insert.bind(1, entry.client)
            try insert.bind(2, entry.filter)
            try insert.run()
        }
    }

    func close() {
        outbound = nil
        inbound = nil
        database = nil
    }

    func transaction(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        guard let database else { return }
        try database.transaction(body)
    }

    /// Whether a file with this error is put aside: waiting does not make it better, and it is not in use.
    static func isUseless(_ error: DatabaseError) -> Bool {
        switch error.kind {
        case .damaged, .foreign, .newer: true
        case .full, .busy, .storage, .internalError: false
        }
    }

    /// Renames the file and its log, so that an empty one can be made and a person can look at the old one.
    func setAside(because error: DatabaseError) throws(DatabaseError) -> SetAside {
        close()
        let target = "\(path).set-aside-\(Clock.realtime())"
        do throws(SystemError) {
            try Files.rename(path, to: target)
            for suffix in ["-wal", "-journal"] where Files.exists(path + suffix) {
                try Files.rename(path + suffix, to: target + suffix)
            }
            if Files.exists(path + "-shm") { try Files.removeTree(path + "-shm") }
            try removeOldest()
            try Files.sync(directory: folder)
        } catch {
            throw DatabaseError(.storage, file: path, step: "put the file aside", reason: error.description)
        }
        return SetAside(error: error.description, path: target)
    }

    private func removeOldest() throws(SystemError) {
        var found: [String] = []
        for name in try Files.list(folder)
        where name.utf8.starts(with: "\(Self.name).set-aside-".utf8) && !name.utf8.suffix(8).contains(UInt8(ascii: "-"))
        {
            found.append(name)
        }
        for name in found.dropLast(Self.keptSetAside) {
            for suffix in ["", "-wal", "-journal"] { try Files.removeTree(Path.join(folder, name + suffix)) }
        }
    }
}
