import Artifacts
import Foundation
import Image
import Testing

/// The flashed disk: it boots by its firmware or as its board's boot loader does it, and is used from outside.
@Suite("Cell: boot-image", .serialized)
struct BootImageCell {
    /// docs/boot-image.md.
    static let largest = 24_000_000
    static let core = "/greengrass/ggc/core/greengrassd"

    /// A machine with a flashed and seeded disk that is turned off at the end.
    func withFlashed(_ body: (BootMachine, BootSeed, String) throws -> Void) throws {
        let cell = try Cell.current()
        let image = try cell.file("greengrass-boot-\(cell.architecture.archiveName)-\(cell.build.version).img")
        try withScratch { folder in
            let disk = folder + "/disk"
            try BootMachine.flash(image, to: disk)
            let seed = try BootSeed(for: cell, in: folder)
            try seed.put(on: disk, from: folder)
            let machine = try BootMachine(cell.architecture, disk: disk, folder: folder)
            defer { machine.end() }
            try body(machine, seed, folder)
        }
    }

    @Test(
        "PLAT-01, PLAT-03, WDIR-01, WDIR-03, WDIR-05: flashed, seeded, started, used, its root never written to, shut down, started again"
    )
    func boots() throws {
        let cell = try Cell.current()
        let image = try cell.file("greengrass-boot-\(cell.architecture.archiveName)-\(cell.build.version).img")
        #expect(try FileContent.file(image).size <= Self.largest)
        try withFlashed { machine, seed, _ in
            let first = Date()
            try machine.start()
            print(
                "boot-image \(machine.architecture): first boot to broker-ready",
                try machine.waitUntilReady(since: first))
            try seed.exchange(machine)
            let memory = try machine.shell("sed -n 's/MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")
            #expect(Int(memory) ?? .max < machine.memory * 1024)
            // Private keys stay on the boot partition no longer than they must, and nothing can write to the system.
            #expect(try machine.shell("ls -a /boot").contains("boot.txt"))
            #expect(try machine.shell("test ! -e /boot/seed && echo gone") == "gone")
            #expect(try machine.shell("touch /greengrass/x /etc/x /boot/x 2>&1 || true").contains("Read-only"))
            #expect(try machine.shell("stat -c '%a %U' /greengrass/config/config.json") == "600 root")
            try machine.shell("test -f \(BootSeed.writeDirectory)/deployment/group/group.json")
            #expect(try machine.shell("ls \(BootSeed.writeDirectory)/var/log/system").contains("runtime.log"))
            #expect(try machine.shell("find /data/greengrass/ggc -type f") == "")
            #expect(try machine.shell(Self.core + " status").contains("boot-core"))
            try machine.shutDown()
            #expect(!machine.output.contains("can't umount"))

            let second = Date()
            try machine.start()
            print("boot-image \(machine.architecture): boot to broker-ready", try machine.waitUntilReady(since: second))
            try seed.exchange(machine)
            // The file system was left clean: there was nothing to repair.
            #expect(!(try machine.shell("dmesg")).contains("recovery complete"))
            try machine.shutDown()
        }
    }

    @Test("PLAT-01: a power cut at any moment loses nothing that was accepted, and the next boot serves")
    func powerCuts() throws {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["COUNT"].flatMap { Int($0) } ?? 3
        var random = Seeded(state: environment["SEED"].flatMap { UInt64($0) } ?? UInt64(Date().timeIntervalSince1970))
        print("power cuts: COUNT=\(count) SEED=\(random.state)")
        try withFlashed { machine, seed, folder in
            // While the seed is prepared, put in its places, and removed from the boot partition.
            for moment in ["seed: taking in", "seed: all of it fits", "seed: all of it is on /data"] {
                // A cut that came late has left none.
                try seed.put(on: machine.disk, from: folder)
                try machine.start()
                try machine.wait(for: moment)
                try machine.cutPower()
            }
            let start = Date()
            try machine.start()
            let ready = try machine.waitUntilReady(since: start)
            #expect(try machine.shell("ls -d /boot/seed* 2>/dev/null || echo gone") == "gone")
            try seed.exchange(machine)
            var accepted = 0
            // Of each two cuts one is while messages are written to the disk, the other while the machine starts.
            for cut in stride(from: 2, through: count + 1, by: 2) {
                let end = Date(timeIntervalSinceNow: random.fraction() * 5)
                repeat {
                    try seed.queue("message \(accepted)", machine)
                    accepted += 1
                } while Date() < end
                try machine.cutPower()
                try machine.start()
                usleep(UInt32(random.fraction() * ready * 1_000_000))
                try machine.cutPower()
                try machine.start()
                try machine.waitUntilReady()
                #expect(try machine.shell("find /data -name '*set-aside*' -o -name '*.corrupt*'") == "")
                let status = try machine.shell(BootImageCell.core + " status --json")
                let queued = try Self.queued(status)
                #expect(queued >= accepted, "after cut \(cut): \(accepted) messages were accepted, \(queued) are there")
            }
            try seed.exchange(machine)
            print("power cuts: \((count + 1) / 2 * 2), \(accepted) messages accepted, none lost")
            try machine.shutDown()
        }
    }

    /// How many messages wait for the cloud, of `status --json`.
    private static func queued(_ status: String) throws -> Int {
        guard let start = status.firstIndex(of: "{"), let end = status.lastIndex(of: "}"),
            let object = try JSONSerialization.jsonObject(with: Data(status[start...end].utf8)) as? [String: Any],
            let queue = object["queue"] as? [String: Any], let messages = queue["messages"] as? Int
        else { throw BuildError("`status --json` tells of no queue:\n\(status)") }
        return messages
    }

    @Test("PLAT-01: with its clock at 1970 and no time source a known device still connects")
    func clock() throws {
        try withFlashed { machine, seed, _ in
            try machine.start(clock: "1970-01-01")
            try machine.waitUntilReady()
            if try machine.shell("date +%Y") != "1970" {
                // A PC's firmware does not let its clock be before 1998: the running system's is set, and the core starts anew.
                try machine.shell("date -s @60 && \(Self.core) stop")
                try machine.wait(for: "Greengrass successfully started", times: 2)
            }
            #expect(try machine.shell("date +%Y") == "1970")
            try seed.exchange(machine)
            let check = try machine.shell(Self.core + " check || true")
            #expect(check.contains("it is 1970-01-01") && check.contains("before"), "\(check)")
            let status = try machine.shell(Self.core + " status")
            #expect(status.contains("Clock: 1970-01-01") && status.contains("days behind"), "\(status)")
            try machine.shutDown()
        }
    }

    /// Numbers that are the same for the same seed (SplitMix64), so that a failure can be had again.
    private struct Seeded {
        var state: UInt64

        /// From 0 to 1.
        mutating func fraction() -> Double {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return Double((value ^ (value >> 31)) >> 11) / Double(1 << 53)
        }
    }
}
