import Artifacts
import Foundation
import Image
import Testing

extension BootImageCell {
    @Test("PLAT-01: a new root file system in the other slot is taken when it serves, and a broken one is left again")
    func slots() throws {
        let cell = try Cell.current()
        try withFlashed { machine, seed, folder in
            let served = folder + "/served"
            try FileManager.default.createDirectory(atPath: served, withIntermediateDirectories: true)
            // What an update is: the root file system of a release, here the one of this build, cut out of the image.
            let image = try cell.file("greengrass-boot-\(cell.architecture.archiveName)-\(cell.build.version).img")
            let good = try slotA(of: image)
            try Data(good).write(to: URL(fileURLWithPath: served + "/good"))
            // One that can be mounted and cannot be read: its first file's bytes are others.
            var bad = good
            for index in 96..<min(bad.count / 2, 1 << 20) { bad[index] ^= 0x5a }
            try Data(bad).write(to: URL(fileURLWithPath: served + "/bad"))
            try Data([UInt8](repeating: 7, count: 4096)).write(to: URL(fileURLWithPath: served + "/noise"))
            let port = BootMachine.freePort()
            let server = try Command(["busybox", "httpd", "-f", "-p", "127.0.0.1:\(port)", "-h", served])
            defer { server.stop() }
            // What the machine's network calls this machine.
            let address = "http://10.0.2.2:\(port)"

            try machine.start()
            try machine.waitUntilReady()
            #expect(try machine.shell("cat /run/boot/slot") == "a")
            #expect(try machine.shell("slot-update \(address)/good").contains("the next start tries it"))
            try restart(machine)
            try machine.wait(for: "confirm: slot b works")
            #expect(try machine.shell("cat /run/boot/slot; head -n 1 /boot/slot.txt") == "b\nactive=b")
            try seed.exchange(machine)

            // One that is no file system costs one start.
            _ = try machine.shell("slot-update \(address)/noise")
            try restart(machine)
            try machine.waitUntilReady()
            #expect(try machine.shell("cat /run/boot/slot; sed -n '1p;4p' /boot/slot.txt") == "b\nactive=b\nfailed=a")

            // One that cannot run is tried three times; then the old one is back, without anybody's help.
            _ = try machine.shell("slot-update \(address)/bad")
            try restart(machine)
            try machine.waitUntilReady(seconds: 900)
            #expect(try machine.shell("cat /run/boot/slot; sed -n '1p;4p' /boot/slot.txt") == "b\nactive=b\nfailed=a")
            try seed.exchange(machine)
            try machine.shutDown()
        }
    }

    /// Shuts the machine down and turns it on: what it shows then belongs to the new start.
    private func restart(_ machine: BootMachine) throws {
        try machine.shutDown()
        try machine.start()
    }

    /// The file system in slot A of an image: the second partition, as long as its own superblock says (squashfs 4.0,
    /// `bytes_used`).
    private func slotA(of image: String) throws -> [UInt8] {
        let bytes = try FileContent.file(image).load()
        let start = try BootMachine.partition(2, of: image)
        let length = (0..<8).reduce(0) { $0 | Int(bytes[start + 40 + $1]) << (8 * $1) }
        return Array(bytes[start..<start + length])
    }

}
