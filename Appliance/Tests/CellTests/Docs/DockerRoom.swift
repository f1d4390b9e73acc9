import Foundation
import Image

/// A Debian machine with Debian's container engine, of its own like everything in the room: names, ports and images of
/// another engine cannot be in the way.
final class DockerRoom: DebianRoom {
    private var engine: Command?
    private var protection: LinkProtection?

    init(_ cell: Cell, in folder: String) throws {
        try super.init(Self.reader + ["docker.io", "docker-compose", "iptables"], cell, in: folder)
        do { try start() } catch {
            close()
            throw error
        }
    }

    private func start() throws {
        // Containers see the kernel's own setting, not the one that the machine is shown.
        protection = try LinkProtection()
        let engine = try Command(machine.wordsAtRoot(["dockerd", "--group", "docker"]))
        self.engine = engine
        try wait(for: "dockerd to answer") {
            guard engine.isRunning else { throw BuildError("dockerd ended:\n\(engine.output)") }
            return try machine.result(["docker", "version"]).code == 0
        }
        try machine.shell("usermod --append --groups docker reader")
    }

    override func logs() -> String { engine.map { String($0.output.suffix(2000)) } ?? "" }

    override func close() {
        // So that the kernel keeps no control groups of theirs; what else there is ends with the machine's first process.
        _ = try? machine.result([
            "/bin/sh", "-c", "docker ps --quiet --all | xargs --no-run-if-empty docker rm --force",
        ])
        super.close()
        engine?.end()
        protection?.restore()
    }
}

/// Hard and soft links protected by this machine's kernel, as Debian and OpenWrt have it, for as long as a room lasts.
final class LinkProtection {
    private var former: [String: String] = [:]

    init() throws {
        for path in ["/proc/sys/fs/protected_hardlinks", "/proc/sys/fs/protected_symlinks"] {
            let value = try String(contentsOfFile: path, encoding: .ascii)
            guard !value.hasPrefix("1") else { continue }
            try "1\n".write(toFile: path, atomically: false, encoding: .ascii)
            former[path] = value
        }
    }

    func restore() {
        for (path, value) in former { try? value.write(toFile: path, atomically: false, encoding: .ascii) }
        former = [:]
    }
}
