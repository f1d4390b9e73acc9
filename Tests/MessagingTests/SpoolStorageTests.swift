import CFaults
import Database
import Group
import Linux
import Log
import MQTT
import SpoolSupport
import Testing

@testable import Messaging

extension SpoolTests {
    @Suite struct StorageTests {}
}

extension SpoolTests.StorageTests {
    private func forgetfulWorld(_ change: (inout SpoolSettings) -> Void = { _ in }) throws -> SpoolWorld {
        forgetful_install()
        forgetful_reset(1)
        var settings = SpoolWorld.forgetful()
        change(&settings)
        return try SpoolWorld(settings)
    }

    @Test("A message is accepted when it is on the disk, not before; what comes meanwhile is in the next transaction")
    func settling() throws {
        let world = try forgetfulWorld()
        forgetful_set_stalled(1)
        let first = world.publish(1).ticket
        for _ in 0..<20 { try world.reactor.turn(waiting: false) }
        #expect(!world.router.ledger.isSettled(first))
        var last = first
        for number in 2...500 { last = world.publish(UInt64(number)).ticket }
        forgetful_set_stalled(0)
        #expect(try world.turn { world.router.ledger.isSettled(last) })
        #expect(world.spool.status().transactions <= 3)
        #expect(world.spool.status().written == 500)
        world.spool.stop()
    }

    @Test("What the cloud confirms before its commit is never written, and is accepted; idle writes nothing")
    func sparing() throws {
        let world = try forgetfulWorld { $0.hold = 20_000_000_000 }
        let before = forgetful_counts()
        for number in 1...200 {
            let ticket = world.publish(UInt64(number), qos: number % 2 == 0 ? .atMostOnce : .atLeastOnce).ticket
            let message = try #require(world.spool.outbound.next())
            try world.reactor.turn(waiting: false)
            world.spool.outbound.confirm(message.number)
            try world.reactor.turn(waiting: false)
            #expect(world.router.ledger.isSettled(ticket))
        }
        let after = forgetful_counts()
        #expect(after.writes == before.writes)
        #expect(after.syncs == before.syncs)
        world.spool.stop()
    }

    @Test(
        "H-37: on a full disk nothing of QoS 1 is acknowledged, messages stay in memory, and it goes on when there is room"
    )
    func fullDisk() throws {
        let log = try TemporaryLog(threshold: .info)
        forgetful_install()
        forgetful_reset(1)
        var settings = SpoolWorld.forgetful()
        settings.unstoredBytes = 50_000
        let world = try SpoolWorld(settings, log: log.logger)
        forgetful_set_room(40_000)
        let ticket = world.publish(1, size: 100_000 / 4).ticket
        world.publish(2, size: 20_000)
        #expect(try world.turn { world.spool.isFailing })
        #expect(!world.router.ledger.isSettled(ticket))
        // Beyond what memory may hold, the oldest go.
        for number in 3...10 { world.publish(UInt64(number), size: 10_000) }
        #expect(world.spool.outbound.queue.memoryBytes <= 50_000)
        forgetful_set_room(-1)
        #expect(try world.turn { !world.spool.isFailing && world.isSettled })
        #expect(try world.drain() == [7, 8, 9, 10])
        world.spool.stop()
        let text = try log.text()
        #expect(text.contains("The disk has no room"))
        #expect(text.contains("takes messages to and from the cloud again"))
    }

    @Test("A file that is no queue is put aside with a clear word, and the core goes on", arguments: 0...3)
    func setAside(kind: Int) throws {
        let folder = try ScratchFolder()
        let log = try TemporaryLog(threshold: .info)
        let path = Path.join(folder.path, "spool.db")
        switch kind {
        case 0: try Files.writeAtomically(path, Array("this is no database, but long enough".utf8), mode: 0o600)
        case 1: try Files.writeAtomically(path, [UInt8](repeating: 0x5A, count: 20_000), mode: 0o600)
        case 2:
            let foreign = try Database.open(path, Database.Options(application: 77, migrations: ["CREATE TABLE a(b)"]))
            try foreign.execute("INSERT INTO a VALUES(1)", step: "test")
        default:
            let newer = try Database.open(
                path, Database.Options(application: SpoolFile.application, migrations: ["CREATE TABLE a(b)"]))
            try newer.execute("PRAGMA user_version=99", step: "test")
        }
        let world = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)), log: log.logger)
        world.publish(1)
        #expect(try world.turn { world.isSettled })
        #expect(!world.spool.isFailing)
        world.spool.stop()
        let names = try Files.list(folder.path)
        #expect(names.filter { $0.hasPrefix("spool.db.set-aside-") }.count == 1)
        let text = try log.text()
        #expect(text.contains("was put aside as \(path).set-aside-"))
        let reason = ["not a database", "not a database", "another program's database", "it has version 99"][kind]
        #expect(text.contains(reason))
        // And what is stored now is there after a restart.
        let next = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        #expect(try next.drain() == [1])
        next.spool.stop()
    }

    @Test("A file of version 1 is opened with its messages")
    func versionOne() throws {
        let folder = try ScratchFolder()
        let fixture = Path.join(Path.parent(#filePath), "Fixtures/spool-v1.db")
        try Files.writeAtomically(
            Path.join(folder.path, "spool.db"), try Files.read(fixture, limit: 1_000_000), mode: 0o600)
        let world = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        let status = world.spool.status()
        #expect(status.outbound.waiting == 3)
        #expect(status.inbound.waiting == 1)
        #expect(status.problem == nil)
        var found: [QueuedMessage] = []
        #expect(
            try world.turn {
                while let message = world.spool.outbound.next() { found.append(message) }
                return found.count == 3
            })
        #expect(found.map(\.topic) == ["a/1", "a/2", "a/3"].map { Array($0.utf8) })
        #expect(found.map(\.payload) == ["one", "", "three"].map { Array($0.utf8) })
        world.spool.stop()
        #expect(try Files.list(folder.path).filter { $0.contains("set-aside") }.isEmpty)
    }
}
