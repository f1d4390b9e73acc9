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
            let digest = SHA256.hex(good)
            // One that can be mounted and cannot be read: its first file's bytes are others.
            var bad = good
            for index in 96..<min(bad.count / 2, 1 << 20) { bad[index] ^= 0x5a }
            try Data(bad).write(to: URL(fileURLWithPath: served + "/bad"))
            // One that says that it is a squashfs and is none; one that says nothing; one that is too large.
            var noise = [UInt8](repeating: 7, count: 4096)
            noise.replaceSubrange(0..<4, with: Array("hsqs".utf8))
            noise.replaceSubrange(40..<48, with: [0, 16, 0, 0, 0, 0, 0, 0])
            try Data(noise).write(to: URL(fileURLWithPath: served + "/noise"))
            let none = [UInt8](repeating: 7, count: 4096)
            try Data(none).write(to: URL(fileURLWithPath: served + "/none"))
            let large = good + [UInt8](repeating: 0, count: 6 << 20)
            try Data(large).write(to: URL(fileURLWithPath: served + "/large"))
            try Data(good.dropLast(8192)).write(to: URL(fileURLWithPath: served + "/short"))
            let port = BootMachine.freePort()
            let server = try Command(["busybox", "httpd", "-f", "-p", "127.0.0.1:\(port)", "-h", served])
            defer { server.stop() }
            // What the machine's network calls this machine.
            let address = "http://10.0.2.2:\(port)"

            try machine.start()
            try machine.waitUntilReady()
            #expect(try machine.shell("cat /run/boot/slot") == "a")
            #expect(try machine.shell("sed -n 4p /boot/slot.txt") == "failed=b")
            // What is refused leaves everything as it is.
            for (words, message) in [
                ("\(address)/good", "needs its SHA-256"), ("\(address)/good 12ab", "no SHA-256"),
                ("\(address)/good \(SHA256.hex(bad))", "has the SHA-256 \(digest), and not"),
                ("\(address)/none \(SHA256.hex(none))", "no squashfs"),
                ("\(address)/large \(SHA256.hex(large))", "has more than the 5242880 bytes"),
                ("\(address)/short \(SHA256.hex(Array(good.dropLast(8192))))", "is cut off"),
            ] {
                let said = try machine.shell("slot-update \(words) 2>&1 || echo refused")
                #expect(said.contains(message) && said.hasSuffix("refused"), "\(said)")
            }
            #expect(
                try machine.shell("head -n 4 /boot/slot.txt; ls /data/update.new 2>&1 || true").hasPrefix(
                    "active=a\ntry=\nleft=0\nfailed=b\nls: "))
            // A slot that is only being tried does not overwrite the one that the machine goes back to.
            try machine.shell("slot-state b a 2 ''")
            let tried = try machine.shell("slot-update \(address)/good \(digest) 2>&1 || echo refused")
            #expect(tried.contains("is only being tried") && tried.hasSuffix("refused"), "\(tried)")
            try machine.shell("slot-state a '' 0 b")
            // Two at once, of which one was killed: the lock is of who has it.
            #expect(
                try machine.shell("ln -sn 1 /run/slots.lock; slot-update /etc/passwd 2>&1 || true").contains("another"))
            try machine.shell("ln -sfn 99999999 /run/slots.lock")
            #expect(
                try machine.shell("slot-update \(address)/good \(digest.uppercased())").contains(
                    "the next start tries it"))
            try restart(machine)
            try machine.wait(for: "confirm: slot b works")
            #expect(try machine.shell("cat /run/boot/slot; head -n 1 /boot/slot.txt") == "b\nactive=b")
            // The limit of the trial ended with it.
            #expect(try machine.shell("ps | grep -c '[r]eboot -d' || true") == "0")
            try seed.exchange(machine)

            // One that is no file system costs one start.
            _ = try machine.shell("slot-update \(address)/noise \(SHA256.hex(noise))")
            try restart(machine)
            try machine.waitUntilReady()
            #expect(try machine.shell("cat /run/boot/slot; sed -n '1p;4p' /boot/slot.txt") == "b\nactive=b\nfailed=a")

            // One that cannot run is tried three times; then the old one is back, without anybody's help.
            _ = try machine.shell("slot-update \(address)/bad \(SHA256.hex(bad))")
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
