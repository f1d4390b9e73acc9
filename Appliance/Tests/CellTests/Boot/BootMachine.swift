import Artifacts
import Foundation
import Image

/// A machine of the architecture in `qemu-system`, all of it emulated in software: firmware, processor, disk, network. Its
/// serial console is the keyboard and screen of the test; its port 8883 is one of this machine's, on 127.0.0.1.
final class BootMachine {
    let architecture: Architecture
    /// The disk, as it would be flashed.
    let disk: String
    /// Another one at each start: connections of a machine that was cut off may keep the old one busy.
    private(set) var port = 0
    private let folder: String
    /// In place of what the disk says, where no firmware reads it; more disks and so on.
    private let kernelOptions: String
    private let devices: [String]
    private var console: Command?
    private var questions = 0

    /// - Parameters:
    ///   - disk: with a boot partition, from which the kernel is taken where the machine has no firmware of its own.
    ///   - folder: for what belongs to the machine.
    init(
        _ architecture: Architecture, disk: String, folder: String, kernelOptions: String = "", devices: [String] = []
    ) throws {
        self.architecture = architecture
        self.disk = disk
        self.folder = folder
        self.kernelOptions = kernelOptions
        self.devices = devices
        // What a board's own boot loader does: it reads kernel, first file system and device tree from the first partition.
        for file in ["kernel", "initrd.gz"] + (architecture == .armv6l ? ["rpizero.dtb"] : []) {
            try run("mcopy", "-n", "-o", "-i", disk + "@@1M", "::/" + file, folder + "/" + file)
        }
        guard architecture == .aarch64 || architecture == .x86_64 else { return }
        // GRUB unpacks these; the emulator in GRUB's place does not.
        try run("mv", folder + "/kernel", folder + "/kernel.xz")
        try run("xz", "-d", folder + "/kernel.xz")
    }

    /// Copies an image onto a disk of a gigabyte, which is what flashing is.
    static func flash(_ image: String, to disk: String) throws {
        try run("cp", "--sparse=always", image, disk)
        try run("truncate", "-s", "1G", disk)
    }

    /// Where a partition of a disk lies, in bytes, by its partition table.
    static func partition(_ number: Int, of disk: String) throws -> Int {
        guard let file = FileHandle(forReadingAtPath: disk) else { throw BuildError("\(disk) cannot be read.") }
        defer { try? file.close() }
        let sector = Array(try file.read(upToCount: 512) ?? Data())
        let place = 446 + 16 * (number - 1) + 8
        guard sector.count == 512 else { throw BuildError("\(disk) has no partition table.") }
        return (0..<4).reduce(0) { $0 | Int(sector[place + $1]) << (8 * $1) } * 512
    }

    /// Makes the last partition of a disk larger, as a user does with fdisk.
    static func enlarge(_ number: Int, of disk: String, to bytes: Int) throws {
        guard let file = FileHandle(forUpdatingAtPath: disk) else { throw BuildError("\(disk) cannot be written.") }
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(446 + 16 * (number - 1) + 12))
        let sectors = UInt32((bytes + 511) / 512)
        try file.write(contentsOf: withUnsafeBytes(of: sectors.littleEndian) { Data($0) })
    }

    /// Turns it on.
    func start(clock: String? = nil) throws {
        port = Self.freePort()
        console = try Command(words + (clock.map { ["-rtc", "base=" + $0] } ?? []))
    }

    /// In megabytes. V1 asks for 128. UEFI and GRUB for x86_64 need more to unpack a kernel than the running system has use for;
    /// and the emulated Pi has no less, so that the kernel is told to take a part, which has to reach beyond 128 MB, where
    /// the emulator puts the first file system.
    var memory: Int {
        switch architecture {
        case .armv6l: 160
        case .x86_64 where kernelOptions.isEmpty: 256
        default: 128
        }
    }

    private var words: [String] {
        let drive = "file=\(disk),format=raw,cache=writethrough"
        let network = "user,id=net,hostfwd=tcp:127.0.0.1:\(port)-:8883"
        let common = ["-display", "none", "-serial", "stdio", "-monitor", "none", "-netdev", network] + devices
        let kernel = ["-kernel", folder + "/kernel", "-initrd", folder + "/initrd.gz"]
        let virtual = ["-m", String(memory), "-drive", "if=none,id=disk," + drive]
        switch architecture {
        case .armv6l:
            // The driver left out is one whose hardware the emulator lacks.
            // The kernel reads the timer's counter and sets it to ring as little as 15 µs later. Should this machine run
            // something else between the two, that is past already: the timer rings when the counter has come round, in 71
            // minutes, and until then nothing goes on that waits for a time. With -icount the counter counts instructions.
            return ["qemu-system-arm", "-M", "raspi0", "-dtb", folder + "/rpizero.dtb", "-drive", "if=sd," + drive]
                + kernel
                + [
                    "-append",
                    "console=ttyAMA0,115200 panic=10 quiet mem=\(memory)M initcall_blacklist=bcm2835_power_driver_init "
                        + kernelOptions, "-device", "usb-net,netdev=net",
                    "-icount", "shift=4",
                ] + common
        case .armv7l:
            return ["qemu-system-arm", "-M", "virt,highmem=off"] + virtual + kernel
                + [
                    "-append", "console=ttyAMA0 panic=10 quiet " + kernelOptions, "-device",
                    "virtio-blk-device,drive=disk", "-device", "virtio-net-device,netdev=net",
                ] + common
        case .aarch64:
            let way =
                kernelOptions.isEmpty
                ? ["-bios", "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"]
                : kernel + ["-append", "console=ttyAMA0 panic=10 quiet " + kernelOptions]
            return ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a53"] + virtual + way
                + ["-device", "virtio-blk-pci,drive=disk", "-device", "virtio-net-pci,netdev=net"] + common
        case .x86_64:
            let way =
                kernelOptions.isEmpty
                ? ["-bios", "/usr/share/ovmf/OVMF.fd"]
                : kernel + ["-append", "console=ttyS0 panic=10 quiet " + kernelOptions]
            return ["qemu-system-x86_64", "-accel", "tcg", "-M", "q35"] + virtual + way
                + ["-device", "virtio-blk-pci,drive=disk", "-device", "virtio-net-pci,netdev=net"] + common
        }
    }

    /// All that it has shown since it was turned on.
    var output: String { console?.output ?? "" }

    var isRunning: Bool { console?.isRunning ?? false }

    private func running() throws -> Command {
        guard let console else { throw BuildError("The machine was not turned on.") }
        return console
    }

    /// Waits until the core serves: the supervisor's line on the console.
    ///
    /// - Returns: how long that took, in seconds.
    @discardableResult
    func waitUntilReady(since start: Date = Date(), seconds: Double = 420) throws -> Double {
        try running().wait(for: "Greengrass successfully started", seconds: seconds)
        return Date().timeIntervalSince(start)
    }

    /// Waits until it has shown something, perhaps again.
    func wait(for text: String, times: Int = 1, seconds: Double = 420) throws {
        let console = try running()
        guard times > 1 else { return try console.wait(for: text, seconds: seconds) }
        try CellTests.wait(
            for: "\"\(text)\" \(times) times; it said:\n\(console.output.suffix(1500))", seconds: seconds
        ) {
            console.output.components(separatedBy: text).count > times
        }
    }

    /// Runs a line of shell on the console, as root.
    ///
    /// - Returns: what it printed.
    /// - Throws: when it fails.
    @discardableResult
    func shell(_ line: String, seconds: Double = 300) throws -> String {
        let console = try running()
        questions += 1
        let (begin, end) = ("<\(questions)<", ">\(questions)>")
        if !console.output.contains("/ # ") {
            try console.wait(for: "Please press Enter")
            try console.write("\n")
            try console.wait(for: "/ # ")
        }
        // The quotes keep the line's own echo from being taken for the answer.
        try type("echo '<''\(questions)<'; \(line); echo '>''\(questions)>'$?.")
        try enter(until: begin)
        try console.wait(for: end, seconds: seconds)
        try CellTests.wait(for: "the end of the answer") {
            console.output.range(of: end).map { console.output[$0.upperBound...].contains(".") } ?? false
        }
        let said = console.output
        guard let first = said.range(of: begin), let last = said.range(of: end) else {
            throw BuildError("The console's answer to `\(line)` was lost:\n\(said.suffix(2000))")
        }
        // As a character "\r\n" is one.
        let scalars = said[first.upperBound..<last.lowerBound].unicodeScalars.filter { $0 != "\r" }
        let answer = String(String.UnicodeScalarView(scalars))
        let code = said[last.upperBound...].prefix { $0 != "." }
        guard code == "0" else { throw BuildError("`\(line)` on the machine ended with \(code):\n\(answer)") }
        return answer.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Types as a person does, who sees each letter before the next: the emulated Pi's serial line loses some of what comes
    /// all at once. What the core says on the console meanwhile may be taken for one.
    private func type(_ text: String) throws {
        let console = try running()
        for letter in text.utf8 {
            let seen = console.output.utf8.count
            try console.write(String(UnicodeScalar(letter)))
            let end = Date(timeIntervalSinceNow: 5)
            while !console.output.utf8.dropFirst(seen).contains(letter), console.isRunning, Date() < end {
                usleep(2000)
            }
        }
    }

    /// Ends a line, as often as it takes until the shell has begun with it: one more is an empty line to it.
    private func enter(until begin: String) throws {
        let console = try running()
        for _ in 0..<30 where !console.output.contains(begin) {
            try console.write("\n")
            let end = Date(timeIntervalSinceNow: 10)
            while !console.output.contains(begin), console.isRunning, Date() < end { usleep(2000) }
        }
        guard console.output.contains(begin) else {
            throw BuildError(
                "The console took a line and says nothing any more. It said:\n\(console.output.suffix(3000))")
        }
    }

    /// Pulls the plug.
    func cutPower() throws {
        try running().send(SIGKILL)
        try running().end()
    }

    /// Shuts it down from its console, and waits until it has turned itself off.
    func shutDown() throws {
        let console = try running()
        try type("poweroff")
        // A line end may be lost as well; one more is an empty line.
        for _ in 0..<30 where console.isRunning {
            try? console.write("\n")
            let end = Date(timeIntervalSinceNow: 10)
            while console.isRunning, Date() < end { usleep(2000) }
        }
        guard !console.isRunning else {
            throw BuildError("The machine did not turn itself off; it said:\n\(console.output.suffix(1500))")
        }
        guard console.end() == 0 else { throw BuildError("The emulator failed:\n\(console.output.suffix(2000))") }
    }

    /// Turns it off whatever it does.
    func end() {
        guard let console, console.isRunning else { return }
        console.send(SIGKILL)
        console.end()
    }

    static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(descriptor, address, length)
                _ = getsockname(descriptor, address, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
    }
}
