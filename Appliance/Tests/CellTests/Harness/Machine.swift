import Artifacts
import Foundation
import Image

/// A machine of an architecture: a root file system with mounts, network and processes of its own. Everything that it runs
/// ends with it.
final class Machine {
    let root: String
    let architecture: Architecture
    private let holder: Command
    private let process: Int32

    /// - Parameters:
    ///   - archive: its root file system.
    ///   - folder: where it is unpacked; the caller removes it.
    init(_ archive: String, architecture: Architecture, in folder: String) throws {
        try Emulation.prepare(for: architecture)
        self.architecture = architecture
        root = folder + "/root"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try CellTests.run("tar", "-xf", archive, "--numeric-owner", "-C", root)
        try "1\n".write(toFile: folder + "/on", atomically: true, encoding: .utf8)
        let holder = try Command(
            [
                "unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "sh", "-c",
                Self.setUp, "sh", root, folder + "/on",
            ],
            environment: Self.environment(architecture))
        try holder.wait(for: "ready")
        let children = "/proc/\(holder.processID)/task/\(holder.processID)/children"
        guard let text = try? String(contentsOfFile: children, encoding: .utf8),
            let first = text.split(separator: " ").first, let number = Int32(first)
        else { throw BuildError("The machine's first process is not found in \(children).") }
        process = number
        self.holder = holder
    }

    /// A Debian machine protects links; the test's may not, and the setting is the kernel's: it is shown as on.
    private static let setUp = """
        set -e
        mount --bind "$1" "$1"
        mount -t proc proc "$1/proc"
        mount --rbind /sys "$1/sys"
        mount --rbind /dev "$1/dev"
        mount -t tmpfs -o mode=755 run "$1/run"
        for name in protected_hardlinks protected_symlinks; do mount --bind "$2" "$1/proc/sys/fs/$name"; done
        ip link set lo up
        hostname cell
        exec chroot "$1" /bin/sh -c 'echo ready; while read -r line; do :; done'
        """

    private static func environment(_ architecture: Architecture) -> [String: String] {
        Emulation.processor(of: architecture).map { ["QEMU_CPU": $0] } ?? [:]
    }

    /// The words that run something in there.
    func words(_ words: [String]) -> [String] {
        let environment = Self.environment(architecture).map { "\($0.key)=\($0.value)" }
        return [
            "nsenter", "--target", String(process), "--mount", "--net", "--pid", "--ipc", "--uts", "--root", "--wd=/",
            "env",
            "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
            "DEBIAN_FRONTEND=noninteractive",
        ] + environment + words
    }

    /// The words that run a program of the test's own machine in this one's network.
    var network: [String] { ["nsenter", "--target", String(process), "--net"] }

    /// The words that run a program in there whose root is that of a mount namespace, not only of a process: what enters such a
    /// namespace (setns(2)), as container engines do, begins at that root.
    func wordsAtRoot(_ words: [String]) -> [String] {
        let turn = "cd \"$0\"; mkdir -p run/outside; pivot_root . run/outside; exec chroot . \"$@\""
        return [
            "nsenter", "--target", String(process), "--mount", "--net", "--pid", "--ipc", "--uts", "env", "-i",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "unshare", "--mount",
            "sh", "-e", "-c", turn, root,
        ] + words
    }

    /// Runs a program in there to its end.
    ///
    /// - Throws: when it fails, with what it said.
    @discardableResult
    func run(_ words: String...) throws -> String {
        let (code, output) = try result(words)
        guard code == 0 else { throw BuildError("`\(words.joined(separator: " "))` ended with \(code):\n\(output)") }
        return output
    }

    /// Runs the install script in there, told to go on where the machine lacks what containers need: the emulator of another
    /// processor has no filters of system calls.
    @discardableResult
    func install(_ script: String, _ options: String...) throws -> String {
        let words = [script] + options + (architecture == .x86_64 ? [] : ["--force"])
        let (code, output) = try result(words)
        guard code == 0 else { throw BuildError("`\(words.joined(separator: " "))` ended with \(code):\n\(output)") }
        return output
    }

    /// Runs a program in there to its end, which may be a failure.
    func result(_ words: [String]) throws -> (code: Int32, output: String) {
        try CellTests.result(of: self.words(words), environment: Self.environment(architecture))
    }

    /// Runs a line of shell in there.
    @discardableResult
    func shell(_ line: String) throws -> String { try run("/bin/sh", "-c", line) }

    /// Mounts one of its folders or files over another one, with the test's own mount(8).
    func mount(_ source: String, over place: String, readOnly: Bool = false) throws {
        let mounts = ["nsenter", "--target", String(process), "--mount", "mount"]
        let bound = try CellTests.result(of: mounts + ["--bind", root + source, root + place])
        guard bound.code == 0 else { throw BuildError("\(source) cannot be mounted over \(place):\n\(bound.output)") }
        guard readOnly else { return }
        let restricted = try CellTests.result(of: mounts + ["-o", "remount,ro,bind", root + place])
        guard restricted.code == 0 else { throw BuildError("\(place) cannot be made read-only:\n\(restricted.output)") }
    }

    func unmount(_ place: String) throws {
        try CellTests.run("nsenter", "--target", String(process), "--mount", "umount", root + place)
    }

    func text(_ path: String) throws -> String { try run("cat", path) }

    func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(root + path, &status) == 0
    }

    func copy(_ path: String, to place: String) throws { try CellTests.run("cp", "-R", path, root + place) }

    /// The command lines of its processes by number as the test's machine counts, but for the one that holds it together;
    /// one that has ended and that nobody has waited for is none.
    func processes() -> [Int32: String] {
        let manager = FileManager.default
        let name = try? manager.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/pid")
        var found: [Int32: String] = [:]
        for number in (try? manager.contentsOfDirectory(atPath: "/proc"))?.compactMap({ Int32($0) }) ?? [] {
            guard number != process,
                (try? manager.destinationOfSymbolicLink(atPath: "/proc/\(number)/ns/pid")) == name,
                let line = try? String(contentsOfFile: "/proc/\(number)/cmdline", encoding: .utf8), !line.isEmpty
            else { continue }
            found[number] = line.replacingOccurrences(of: "\0", with: " ")
        }
        return found
    }

    /// Ends everything in there.
    func stop() {
        holder.closeInput()
        holder.end()
    }
}

/// A machine with Debian for as long as a test lasts.
func withMachine<Result>(
    _ cell: Cell, _ kind: DebianRoot = .plain, _ body: (Machine) throws -> Result
) throws -> Result {
    let archive = try kind.archive(for: cell.architecture, in: cell.build)
    return try withScratch { folder in
        let machine = try Machine(archive, architecture: cell.architecture, in: folder)
        defer { machine.stop() }
        return try body(machine)
    }
}
