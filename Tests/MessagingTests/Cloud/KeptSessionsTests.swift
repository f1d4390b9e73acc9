import Bytes
import Linux
import MQTT
import SpoolSupport
import Testing

@testable import Messaging

/// Sessions that the cloud keeps, and deployments that change what the group wants of it (row B-11).
@Suite struct KeptSessionsTests {
    private func world(_ filters: [String], _ folder: ScratchFolder, keeps: Bool = true) throws -> CloudWorld {
        let world = try CloudWorld(filters: filters) {
            $0.keepsSessions = keeps
        } spool: { reactor, router in
            try Spool(
                settings: SpoolSettings(storage: .folder(folder.path)), reactor: reactor, router: router, log: .none())
        }
        world.hasSessions = true
        return world
    }

    private func stop(_ world: CloudWorld) {
        world.link.stop()
        world.spool?.stop()
    }

    /// SUBSCRIBE and UNSUBSCRIBE packets in short: `+a`, `-b`.
    private func asked(_ end: CloudEnd) -> [String] {
        end.received.flatMap { packet -> [String] in
            switch packet {
            case .subscribe(let subscribe): subscribe.requests.map { "+" + $0.filter.bytes.text }
            case .unsubscribe(let unsubscribe): unsubscribe.filters.map { "-" + $0.bytes.text }
            default: []
            }
        }
    }

    private func kept(_ world: CloudWorld, _ client: String) -> [String] {
        world.spool?.sessions.filters(of: client).map { $0.bytes.text } ?? []
    }

    @Test("B-11: what a new deployment does not want any more is taken back from the kept session, after a restart too")
    func changedFilters() throws {
        let folder = try ScratchFolder()
        let first = try world(["a/#", "b"], folder)
        let before = try first.end("core-c01")
        #expect(!before.isClean)
        try first.until { asked(before) == ["+a/#", "+b"] && kept(first, "core-c01") == ["a/#", "b"] }
        stop(first)
        let second = try world(["b", "c"], folder)
        let after = try second.end("core-c01")
        try second.until { asked(after).count == 3 && kept(second, "core-c01") == ["b", "c"] }
        // First what is wanted: nothing is missed between.
        #expect(asked(after) == ["+b", "+c", "-a/#"])
        stop(second)
        let third = try world(["b", "c"], folder)
        let last = try third.end("core-c01")
        try third.until { asked(last) == ["+b", "+c"] }
        stop(third)
    }

    @Test("B-11: a session that the cloud has not kept is not unsubscribed from; one that is clean has nothing")
    func newSession() throws {
        let folder = try ScratchFolder()
        let first = try world(["a"], folder)
        first.hasSessions = false
        let before = try first.end("core-c01")
        try first.until { asked(before) == ["+a"] }
        stop(first)
        let second = try world(["b"], folder)
        second.hasSessions = false
        let after = try second.end("core-c01")
        try second.until { asked(after) == ["+b"] && kept(second, "core-c01") == ["b"] }
        stop(second)
    }

    @Test("B-11: with more than 50 subscriptions together the old ones go first, eight a packet")
    func tooManyTogether() throws {
        let folder = try ScratchFolder()
        let first = try world((10..<50).map { "old/\($0)" }, folder)
        let before = try first.end("core-c01")
        try first.until { asked(before).count == 40 }
        stop(first)
        let second = try world((10..<30).map { "new/\($0)" }, folder)
        let after = try second.end("core-c01")
        try second.until { asked(after).count == 60 && kept(second, "core-c01").count == 20 }
        #expect(asked(after).prefix(40) == ArraySlice((10..<50).map { "-old/\($0)" }))
        for case .unsubscribe(let packet) in after.received { #expect(packet.filters.count <= 8) }
        stop(second)
    }

    @Test("B-11: sessions under client IDs that are needed no more are emptied once", arguments: [true, false])
    func leftSessions(keeps: Bool) throws {
        let folder = try ScratchFolder()
        let first = try world((10..<70).map { "a/\($0)" }, folder)
        let before = try first.end("core-c02")
        try first.until { asked(before).count == 10 }
        stop(first)
        let second = try world(["a/10"], folder, keeps: keeps)
        let after = try second.end("core-c02")
        try second.until { asked(after).count == 10 && kept(second, "core-c02").isEmpty }
        #expect(asked(after) == (60..<70).map { "-a/\($0)" })
        stop(second)
        let third = try world(["a/10"], folder, keeps: keeps)
        #expect(third.connection("core-c02") == nil)
        stop(third)
    }

    @Test("What is known of the sessions is not lost with a file that is put aside")
    func setAside() throws {
        let folder = try ScratchFolder()
        let settings = SpoolSettings(storage: .folder(folder.path))
        let filter = try TopicFilter(Array("a/#".utf8))
        let first = try SpoolWorld(settings)
        first.spool.sessions.add([filter], to: "core-c01")
        first.spool.sessions.isStored(1)
        first.spool.sessions.lostFile()
        #expect(try first.turn { first.spool.sessions.unstored == nil })
        first.spool.stop()
        let second = try SpoolWorld(settings)
        #expect(second.spool.sessions.clients == ["core-c01"])
        #expect(second.spool.sessions.filters(of: "core-c01") == [filter])
        second.spool.stop()
    }
}
