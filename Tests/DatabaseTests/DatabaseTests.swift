import Linux
import Testing

@testable import Database

@Suite struct DatabaseTests {
    private let path = "/tmp/database-\(Processes.current)-\(Clock.monotonic()).db"
    private let options = Database.Options(
        application: 1234, migrations: ["CREATE TABLE a(number INTEGER PRIMARY KEY, bytes BLOB)"])

    private func removeFile() throws {
        for suffix in ["", "-wal", "-shm"] { try Files.removeTree(path + suffix) }
    }

    @Test("What a transaction has written is there when the file is opened again; what it has thrown away is not")
    func transactions() throws {
        defer { try? removeFile() }
        do {
            let database = try Database.open(path, options)
            let insert = try database.prepare("INSERT INTO a VALUES(?, ?)", step: "store")
            try database.transaction { () throws(DatabaseError) in
                try insert.bind(1, 7)
                try insert.bind(2, [1, 2, 3])
                try insert.run()
            }
            #expect(throws: DatabaseError.self) {
                try database.transaction { () throws(DatabaseError) in
                    try insert.bind(1, 8)
                    try insert.run()
                    throw DatabaseError(.internalError, file: "", step: "", reason: "")
                }
            }
        }
        let database = try Database.open(path, options)
        let select = try database.prepare("SELECT number, bytes FROM a", step: "read")
        #expect(try select.next())
        #expect(select.integer(0) == 7)
        #expect(select.bytes(1) == [1, 2, 3])
        #expect(try !select.next())
        try database.check()
    }

    @Test("A file is brought to the newest version step by step, and one of a later version is refused")
    func migrations() throws {
        defer { try? removeFile() }
        _ = try Database.open(path, options)
        var newer = options
        newer.migrations.append("ALTER TABLE a ADD COLUMN more INTEGER DEFAULT 5; INSERT INTO a(number) VALUES(1)")
        do {
            let database = try Database.open(path, newer)
            #expect(try database.integer("SELECT more FROM a", step: "read") == 5)
        }
        let error = #expect(throws: DatabaseError.self) { _ = try Database.open(path, options) }
        #expect(error?.kind == .newer(version: 2))
        #expect(error?.description.contains(path) == true)
    }

    @Test("Another program's database and a file that is none are told apart from an empty one")
    func foreign() throws {
        defer { try? removeFile() }
        _ = try Database.open(path, options)
        let foreign = #expect(throws: DatabaseError.self) {
            _ = try Database.open(path, Database.Options(application: 1, migrations: []))
        }
        #expect(foreign?.kind == .foreign)
        try removeFile()
        try Files.writeAtomically(path, [UInt8](repeating: 65, count: 5000), mode: 0o600)
        let damaged = #expect(throws: DatabaseError.self) { _ = try Database.open(path, options) }
        #expect(damaged?.kind == .damaged)
    }
}
