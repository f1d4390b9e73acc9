import CFaults
import CLinux
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

    @Test("A message that somebody waits for is not written either where the link takes it and the cloud confirms it")
    func sparingWithLink() throws {
        let world = try forgetfulWorld { $0.hold = 20_000_000_000 }
        let outbound = world.spool.outbound
        var confirmed = 0
        // As the link does: it looks in the next turn, and is called again when there was nothing.
        outbound.whenReady = { [world] in
            world.reactor.schedule(afterNanoseconds: 0) {
                while let message = outbound.next() {
                    outbound.confirm(message.number)
                    confirmed += 1
                }
            }
        }
        let before = forgetful_counts()
        for number in 1...100 {
            let ticket = world.publish(UInt64(number), qos: .atLeastOnce).ticket
            #expect(try world.turn { confirmed == number && world.router.ledger.isSettled(ticket) })
        }
        let after = forgetful_counts()
        #expect(after.writes == before.writes && after.syncs == before.syncs)
        outbound.whenReady = nil
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

    @Test("A file of each version is opened with its messages", arguments: [1, 2])
    func version(_ version: Int) throws {
        let folder = try ScratchFolder()
        let fixture = Path.join(Path.parent(#filePath), "Fixtures/spool-v\(version).db")
        try Files.writeAtomically(
            Path.join(folder.path, "spool.db"), try Files.read(fixture, limit: 1_000_000), mode: 0o600)
        let world = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        let status = world.spool.status()
        #expect(status.outbound.waiting == 3)
        #expect(status.inbound.waiting == 1)
        #expect(status.problem == nil)
        #expect(world.spool.sessions.clients == (version > 1 ? ["core-c01"] : []))
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

    /// A spool over a file with 200 messages, of which the first are in memory, and whose rest is then damaged; it has put
    /// the file aside when this returns.
    /// - Returns: the messages that it still has, under way.
    private func damagedLater(_ folder: String) throws -> (world: SpoolWorld, left: [QueuedMessage]) {
        let settings = SpoolSettings(storage: .folder(folder))
        let first = try SpoolWorld(settings)
        for number in 1...200 { first.publish(UInt64(number), size: 2_000) }
        #expect(try first.turn { first.isSettled })
        first.spool.stop()
        let world = try SpoolWorld(settings)
        #expect(try world.turn { world.spool.outbound.queue.isReady })
        let path = Path.join(folder, "spool.db")
        let bytes = try Files.read(path, limit: 10_000_000)
        let file = try #require(fopen(path, "r+"))
        fseek(file, bytes.count / 4, SEEK_SET)
        let damage = [UInt8](repeating: 0x5A, count: bytes.count * 3 / 4)
        #expect(fwrite(damage, 1, damage.count, file) == damage.count)
        fclose(file)
        var left: [QueuedMessage] = []
        #expect(
            try world.turn {
                while let message = world.spool.outbound.next() { left.append(message) }
                return world.spool.outbound.queue.waitingCount == 0
            })
        #expect(world.spool.status().outbound.lost > 0)
        #expect(left.count > 10 && left.count < 150)
        return (world, left)
    }

    @Test(
        "Damage that shows itself later: the file is put aside, and what is accepted afterwards is stored in the new one"
    )
    func damagedLater() throws {
        let folder = try ScratchFolder()
        let (world, left) = try damagedLater(folder.path)
        for message in left { world.spool.outbound.confirm(message.number) }
        let ticket = world.publish(1_000).ticket
        #expect(!world.router.ledger.isSettled(ticket))
        #expect(try world.turn { world.router.ledger.isSettled(ticket) && world.isSettled })
        #expect(try Files.list(folder.path).filter { $0.hasPrefix("spool.db.set-aside-") }.count == 1)
        world.spool.stop()
        let next = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        #expect(try next.drain() == [1_000])
        next.spool.stop()
    }

    @Test(
        "What an earlier process left and a file put aside had is in the new one, with numbers below zero, and is found"
    )
    func numbersBelowZero() throws {
        let folder = try ScratchFolder()
        let (world, left) = try damagedLater(folder.path)
        let numbers = left.map { SpoolWorld.number($0.payload) }
        world.spool.outbound.returnAll()
        #expect(try world.turn { world.isSettled })
        world.spool.stop()
        let path = Path.join(folder.path, "spool.db")
        do {
            let file = try Database.open(
                path, Database.Options(application: SpoolFile.application, migrations: SpoolFile.migrations))
            #expect(try file.integer("SELECT max(number) FROM outbound", step: "test") < 0)
        }
        let next = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        #expect(next.spool.status().outbound.waiting == Int64(left.count))
        next.publish(1_000)
        #expect(try next.turn { next.isSettled })
        next.spool.stop()
        let last = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        #expect(try last.drain() == numbers + [1_000])
        last.spool.stop()
        #expect(try Files.list(folder.path).filter { $0.hasPrefix("spool.db.set-aside-") }.count == 1)
    }

    @Test(
        "A file whose numbers cannot be ours is put aside", arguments: [(-2, 1), (1, 2), (-2, -2)] as [(Int64, Int64)])
    func impossibleNumbers(_ smallest: Int64, _ largest: Int64) throws {
        let folder = try ScratchFolder()
        do {
            let file = try Database.open(
                Path.join(folder.path, "spool.db"),
                Database.Options(application: SpoolFile.application, migrations: SpoolFile.migrations))
            for number in Set([smallest, largest]) {
                try file.execute("INSERT INTO outbound VALUES(\(number << 39), x'61', x'')", step: "test")
            }
        }
        let world = try SpoolWorld(SpoolSettings(storage: .folder(folder.path)))
        #expect(world.spool.status().outbound.waiting == 0)
        world.spool.stop()
        #expect(try Files.list(folder.path).filter { $0.hasPrefix("spool.db.set-aside-") }.count == 1)
    }
}
