import CFaults
import Foundation
import Linux
import Messaging
import SpoolSupport
import Testing

/// `kill -9` of a process that accepts messages.
@Suite(.serialized) struct KillTests {
    @Test(
        "H-37: an hour's 72,000 messages and 200 times kill -9, at least 50 within a write: no accepted message is lost"
    )
    func kills() throws {
        let folder = try ScratchFolder()
        let queue = Path.join(folder.path, "queue")
        try Files.makeDirectories(queue)
        let markPath = Path.join(folder.path, "mark")
        let mark = try #require(marking_map(markPath))
        var next: UInt64 = 1
        var accepted: UInt64 = 0
        var within = (writes: 0, syncs: 0)
        var random: UInt64 = 7
        for kill in 1...200 {
            mark.pointee = 0
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let goal = UInt64(72_500 * kill / 200) + random >> 58
            // Three of four wait for the middle of a write or a sync; the fourth comes when it comes.
            let moment: UInt8? = kill % 4 == 0 ? nil : kill % 4 == 1 ? 2 : 1
            accepted = max(
                accepted, try killAfter(goal, from: next, queue, markPath) { moment == nil || mark.pointee == moment })
            switch mark.pointee {
            case 1: within.writes += 1
            case 2: within.syncs += 1
            default: break
            }
            let world = try SpoolWorld(SpoolSettings(storage: .folder(queue), maximumBytes: 1 << 30))
            let stored = UInt64(world.spool.status().outbound.waiting)
            #expect(stored >= accepted)
            if kill % 50 == 0 { #expect(try world.look() == Array(1...stored)) }
            next = stored + 1
            world.spool.stop()
        }
        print(
            "kill -9: 200, \(within.writes) within a write, \(within.syncs) within a sync; \(accepted) messages accepted, "
                + "none lost")
        #expect(within.writes + within.syncs >= 50)
        #expect(accepted >= 72_000)
    }

    /// Runs the probe until it has accepted a message, and kills it at a moment that `isNow` chooses.
    /// - Returns: the last number that it has told.
    private func killAfter(_ goal: UInt64, from first: UInt64, _ queue: String, _ mark: String, isNow: () -> Bool)
        throws -> UInt64
    {
        let process = Process()
        process.executableURL = Self.probe
        process.arguments = [queue, "\(first)", mark]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var text: [UInt8] = []
        var last: UInt64 = 0
        var isKilled = false
        while true {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { break }
            text.append(contentsOf: data)
            while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
                last = UInt64(String(decoding: text[..<end], as: UTF8.self)) ?? last
                text.removeSubrange(...end)
            }
            if last >= goal, !isKilled {
                isKilled = true
                let end = Clock.monotonic() + 1_000_000_000
                while !isNow(), Clock.monotonic() < end {}
                _ = Processes.send(Signals.kill, to: process.processIdentifier)
            }
        }
        process.waitUntilExit()
        return last
    }

    /// Beside the tests.
    private static var probe: URL {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/",
            !FileManager.default.fileExists(atPath: folder.appendingPathComponent("spoolprobe").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder.appendingPathComponent("spoolprobe")
    }
}
