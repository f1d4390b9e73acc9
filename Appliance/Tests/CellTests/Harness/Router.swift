import Artifacts
import Foundation
import Image

/// A router: OpenWrt's way to boot a squashfs under an overlay, in namespaces of its own and with a cable to this machine.
/// What it wrote outlives its power, and everything of it ends with the test.
final class Router {
    private let folder: String
    private let architecture: Architecture
    /// Keeps mounts and network between two boots.
    private let holder: Command
    private var machine: Command?
    /// The router's first process, as this machine counts.
    private var initProcess: Int32 = 0
    /// Where devices reach it.
    let address: String

    /// - Parameters:
    ///   - image: a squashfs as `openwrt-rootfs` makes it.
    ///   - folder: of the test, for mounts.
    init(_ image: String, architecture: Architecture, in folder: String) throws {
        try Emulation.prepare(for: architecture)
        self.folder = folder + "/router-\(UUID().uuidString)"
        self.architecture = architecture
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        holder = try Command(["unshare", "--mount", "--net", "--uts", "sh", "-c", Self.hold, "sh", self.folder, image])
        try holder.wait(for: "ready")
        let net = "10.\(Int.random(in: 200...250)).\(Int.random(in: 1...250))."
        address = net + "1"
        let cable = "rt\(Int.random(in: 100_000...999_999))"
        let holderID = String(holder.processID)
        try CellTests.run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", holderID)
        try CellTests.run("ip", "address", "add", net + "2/24", "dev", cable)
        try CellTests.run("ip", "link", "set", cable, "up")
        let inside = ["nsenter", "--target", holderID, "--net"]
        for words in [["address", "add", address + "/24", "dev", "eth0"], ["link", "set", "eth0", "up"]] {
            let (code, output) = try CellTests.result(of: inside + ["ip"] + words)
            guard code == 0 else { throw BuildError("The router's cable: \(output)") }
        }
        try boot()
    }

    private static let hold = """
        set -e
        mount -o loop,ro "$2" "$1"
        mount -t tmpfs tmpfs "$1/overlay"
        ip link set lo up
        echo ready
        while read -r line; do :; done
        """

    private var environment: [String] {
        ["CONSOLE=/dev/null", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"]
            + (Emulation.processor(of: architecture).map { ["QEMU_CPU=\($0)"] } ?? [])
    }

    /// Switches it on, and is back when /etc/rc.d has run.
    func boot() throws {
        let machine = try Command(
            ["nsenter", "--target", String(holder.processID), "--mount", "--net", "--uts", "env", "-i"] + environment
                + ["unshare", "--mount", "--pid", "--fork", "--kill-child", "chroot", folder, "/etc/preinit"])
        self.machine = machine
        let children = "/proc/\(machine.processID)/task/\(machine.processID)/children"
        try wait(for: "the router to boot; it said: \(machine.output)") {
            guard machine.isRunning else { throw BuildError("The router did not boot:\n\(machine.output)") }
            let text = try? String(contentsOfFile: children, encoding: .utf8)
            initProcess = text?.split(separator: " ").first.flatMap { Int32($0) } ?? 0
            return initProcess != 0 && exists("/var/run/booted")
        }
    }

    /// What BusyBox's init takes for `poweroff`: services are stopped in their order.
    func powerOff() {
        kill(initProcess, SIGUSR2)
        machine?.end()
    }

    func cutPower() {
        kill(initProcess, SIGKILL)
        machine?.end()
    }

    /// What lies in a router that was flashed anew: nothing but the image.
    func flash() throws {
        let overlay = folder + "/overlay"
        let line = "rm -rf \(overlay)/upper \(overlay)/work"
        let (code, output) = try CellTests.result(
            of: ["nsenter", "--target", String(holder.processID), "--mount", "sh", "-c", line])
        guard code == 0 else { throw BuildError("The router's overlay could not be emptied:\n\(output)") }
    }

    func stop() {
        if let machine, machine.isRunning { cutPower() }
        holder.closeInput()
        holder.end()
    }

    /// Its root as this machine sees it.
    var root: String { "/proc/\(initProcess)/root" }

    func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(root + path, &status) == 0
    }

    func text(_ path: String) throws -> String { try String(contentsOfFile: root + path, encoding: .utf8) }

    func copy(_ path: String, to place: String) throws { try CellTests.run("cp", path, root + place) }

    /// The words that run something in there.
    func words(_ words: [String]) -> [String] {
        [
            "nsenter", "--target", String(initProcess), "--mount", "--net", "--pid", "--uts", "--root", "--wd=/",
            "env", "-i",
        ] + environment + words
    }

    /// Runs a line of shell in there to its end, which may be a failure.
    func result(_ line: String) throws -> (code: Int32, output: String) {
        try CellTests.result(of: words(["/bin/sh", "-c", line]))
    }

    /// The same, which must succeed. A script that calls what is not there goes on in a shell; here it fails.
    @discardableResult
    func run(_ line: String) throws -> String {
        let (code, output) = try result(line)
        guard code == 0, !output.contains(": not found"), !output.contains("stand-in:") else {
            throw BuildError("On the router `\(line)` ended with \(code):\n\(output)\n\(log())")
        }
        return output
    }

    /// The ends of its logs, for a test that fails.
    func log() -> String {
        let found = try? result(
            "tail -n 25 /var/log/messages; for log in $(find /greengrass/ggc/var/log -name '*.log' 2>/dev/null); do "
                + "echo $log; tail -n 25 $log; done")
        return found?.output ?? ""
    }
}

/// A router for as long as a test lasts.
func withRouter<Result>(
    _ image: String, _ cell: Cell, in folder: String, _ body: (Router) throws -> Result
) throws -> Result {
    let router = try Router(image, architecture: cell.architecture, in: folder)
    defer { router.stop() }
    return try body(router)
}
