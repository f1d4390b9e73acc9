import CLinux
import Glibc
import Linux
import Testing

@testable import Sandbox

/// This machine's containers, once for all tests, and what attacks are after.
enum Machine {
    static let lock = Mutex()
    nonisolated(unsafe) static let containers: Containers = {
        makeTargets()
        return Containers(name: "perennial-test-\(Processes.current)", hidden: [secrets])
    }()

    static func prepare() { lock.withLock { _ = containers } }
    /// What stands for the core's own tree: every user may read it, so that the mask alone hides it.
    static let secrets = "/var/lib/perennial-test-\(Processes.current)"
    /// A folder of the host with a file that everybody may write, and `id` with set-user-ID root.
    static let open = "/var/lib/perennial-open-\(Processes.current)"
    static let temporary = "/tmp/perennial-test-\(Processes.current)"
    /// A System V segment of the host.
    static let sharedKey: Int32 = 0x5045_0000 | (Processes.current & 0xFFFF)

    private static func makeTargets() {
        do {
            try Files.makeDirectories(secrets)
            try Files.makeDirectories(open)
            try Files.writeAtomically(secrets + "/private.key", [UInt8]("the key".utf8), mode: 0o644)
            try Files.writeAtomically(open + "/everybody", [], mode: 0o666)
            try Files.writeAtomically(open + "/id", try Files.read("/usr/bin/id", limit: 1 << 20), mode: 0o4755)
            try Files.writeAtomically(temporary, [UInt8]("another function's".utf8), mode: 0o644)
        } catch {
            Issue.record("the targets of the attacks cannot be made: \(error)")
        }
        _ = shmget(sharedKey, 4096, Int32(IPC_CREAT) | 0o666)
        atexit {
            let segment = shmget(Machine.sharedKey, 0, 0)
            if segment >= 0 { shmctl(segment, Int32(IPC_RMID), nil) }
            for path in [Machine.secrets, Machine.open, Machine.temporary] {
                do { try Files.removeTree(path) } catch {}
            }
            Machine.containers.removeGroups()
        }
    }
}

/// Tests run beside each other, and a supervisor has one thread.
final class Mutex: @unchecked Sendable {
    private var mutex = pthread_mutex_t()

    init() { pthread_mutex_init(&mutex, nil) }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(&mutex)
        defer { pthread_mutex_unlock(&mutex) }
        return try body()
    }
}

/// One run of a shell script in a container.
struct ContainerRun {
    var script: String
    var container = ContainerSpecification(memoryLimit: 256 << 20)
    var user: UInt32 = 61_777
    var groups: [UInt32] = []
    var arguments: [String] = []
    var executable = "/bin/sh"
    var without: Barriers = []
    var containers: Containers?
    /// Sent to the container's first process as soon as the script has written its first bytes.
    var signal: Int32?

    struct Result {
        var output: String
        var exit: ProcessExit
        var outOfMemory: Bool
    }

    func run() throws -> Result {
        let containers = containers ?? Machine.lock.withLock { Machine.containers }
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        let specification = LaunchSpecification(
            worker: 1, executable: executable,
            arguments: [executable] + (arguments.isEmpty ? ["-c", script] : arguments),
            environment: ["PATH=/usr/local/bin:/usr/bin:/bin"], workingDirectory: "/", user: user, group: user,
            supplementaryGroups: groups, container: container)
        var contained: ContainedProcess
        do {
            defer { FileDescriptor.close(pipe.write) }
            contained = try Machine.lock.withLock {
                try containers.start(specification, descriptors: [pipe.write, pipe.write], without: without)
            }
        }
        _ = fcntl(pipe.read, F_SETFL, 0)
        var output: [UInt8] = []
        if let signal {
            var first = [UInt8](repeating: 0, count: 4096)
            let count = Glibc.read(pipe.read, &first, first.count)
            output += first.prefix(max(count, 0))
            _ = Processes.send(signal, to: contained.initProcess)
        }
        output += try Files.read(descriptor: pipe.read, name: "the pipe", limit: 1 << 20)
        _ = Processes.wait(contained.initProcess)
        let (exit, outOfMemory) = Machine.lock.withLock { containers.finish(&contained) }
        return Result(output: String(decoding: output, as: UTF8.self), exit: exit, outOfMemory: outOfMemory)
    }
}
