import CLinux
import Glibc
import Linux
import Testing

@testable import Sandbox

/// What a hostile function tries. Each attempt prints `GOT` when it gets what it wants: never inside a container, and
/// always when just the barrier that is to stop it is left out, so that a test that could not succeed proves nothing.
struct Attack: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var script: String
    /// What stops it.
    var barrier: Barriers
    /// What else would stop it, and is left out in both runs.
    var without: Barriers = []
    var user: UInt32 = 61_777
    var container = ContainerSpecification(memoryLimit: 256 << 20)

    init(
        _ name: String, stoppedBy barrier: Barriers, without: Barriers = [], user: UInt32 = 61_777,
        container: ContainerSpecification = ContainerSpecification(memoryLimit: 256 << 20), _ script: String
    ) {
        testDescription = name
        self.script = script
        self.barrier = barrier
        self.without = without
        self.user = user
        self.container = container
    }

    /// A Python program: it can make every system call.
    init(
        _ name: String, stoppedBy barrier: Barriers, without: Barriers = [], user: UInt32 = 61_777,
        container: ContainerSpecification = ContainerSpecification(memoryLimit: 256 << 20), python: String
    ) {
        self.init(
            name, stoppedBy: barrier, without: without, user: user, container: container,
            "exec /usr/bin/python3 -I -c '\(prelude)\n\(python)'")
    }

    func succeeds(without barriers: Barriers) throws -> Bool {
        try ContainerRun(script: script, container: container, user: user, without: without.union(barriers)).run()
            .output.contains("GOT")
    }
}

/// `call(name, …)` makes a system call of libc and gives its error number, 0 where there is none.
private let prelude = """
    import ctypes, os, sys, time
    libc = ctypes.CDLL(None, use_errno=True)
    def call(name, *arguments):
        ctypes.set_errno(0)
        return ctypes.get_errno() if getattr(libc, name)(*arguments) == -1 else 0
    def got(): print("GOT", flush=True)
    """

/// A function without a container that runs as the same user, with a token in its environment; and what it left behind.
final class Victim {
    let process: Int32
    static let token = "TOKEN=of-another-worker"

    init() throws {
        let pipe = try FileDescriptor.pipe()
        defer {
            FileDescriptor.close(pipe.read)
            FileDescriptor.close(pipe.write)
        }
        process = try Launcher.start(
            LaunchSpecification(
                worker: 9, executable: "/bin/sleep", arguments: ["sleep", "1000"], environment: [Self.token],
                workingDirectory: "/", user: 61_777, group: 61_777),
            descriptors: [pipe.write, pipe.write], changesUser: true)
    }

    deinit {
        _ = Processes.send(Signals.kill, to: process)
        _ = Processes.wait(process)
    }
}

@Suite("Attacks from inside a container")
struct AttackTests {
    static let attacks: [Attack] = [
        Attack(
            "read the core's keys", stoppedBy: .masks, "cat \(Machine.secrets)/private.key && echo GOT"),
        Attack(
            "read the core's keys through a volume that holds them", stoppedBy: .masks,
            container: ContainerSpecification(mounts: [.init(source: "/var/lib", destination: "/volume")]),
            "cat /volume/\(Path.name(Machine.secrets))/private.key && echo GOT"),
        Attack("read a file of root", stoppedBy: .identity, "test -r /etc/shadow && echo GOT"),
        Attack(
            "change a file of the host that everybody may write", stoppedBy: .readOnly,
            "echo GOT > \(Machine.open)/everybody && cat \(Machine.open)/everybody"),
        Attack(
            "read what another function keeps in /tmp", stoppedBy: .privateTemporary,
            "test -r /tmp/\(Path.name(Machine.temporary)) && echo GOT"),
        Attack(
            "read another function's environment and token", stoppedBy: .processNamespace,
            "cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -q \(Victim.token) && echo GOT"),
        Attack(
            "read another function's memory", stoppedBy: .processNamespace, without: .callFilter,
            python: """
                for process in os.listdir("/proc"):
                    try:
                        if b"1000" in open("/proc/%s/cmdline" % process, "rb").read().split(b"\\0"):
                            open("/proc/%s/mem" % process, "rb"); got()
                    except OSError: pass
                """),
        Attack(
            "escape to the host's files through another process in /proc", stoppedBy: .processNamespace,
            "for p in /proc/[0-9]*; do test -r $p/root\(Machine.secrets)/private.key && echo GOT; done"),
        Attack(
            "signal another function", stoppedBy: .processNamespace,
            "for p in $(ls /proc | grep '^[0-9]*$'); do test $p != $$ && test $p != 1 && "
                + "grep -qz 1000 /proc/$p/cmdline && kill -0 $p && echo GOT; done"),
        Attack(
            "read the supervisor's memory in the container's first process", stoppedBy: .hiddenInit,
            "cat /proc/1/environ > /dev/null && echo GOT"),
        Attack(
            "trace a process", stoppedBy: .callFilter, python: "if call(\"ptrace\", 0, 0, 0, 0) == 0: got()"),
        Attack(
            // Without no_new_privs the kernel takes no filter from an ordinary user.
            "become root by a set-user-ID program", stoppedBy: [.noNewPrivileges, .noSetUserID], without: .callFilter,
            "test \"$(\(Machine.open)/id -u)\" = 0 && echo GOT"),
        Attack(
            "load a module", stoppedBy: [.noCapabilities, .callFilter],
            python: "if call(\"init_module\", b\"x\", 1, b\"\") != 1: got()"),
        Attack(
            "load a module, whose system call alone is refused", stoppedBy: .callFilter, without: .noCapabilities,
            python: "if call(\"init_module\", b\"x\", 1, b\"\") != 1: got()"),
        Attack(
            "mount a file system", stoppedBy: [.noCapabilities, .callFilter],
            python: "if call(\"mount\", b\"x\", b\"/mnt\", b\"tmpfs\", 0, 0) == 0: got()"),
        Attack(
            "mount, with the filter alone in the way", stoppedBy: .callFilter, without: .noCapabilities,
            python: "if call(\"mount\", b\"x\", b\"/mnt\", b\"tmpfs\", 0, 0) == 0: got()"),
        Attack(
            "mount, with the lack of capabilities alone in the way", stoppedBy: .noCapabilities, without: .callFilter,
            python: "if call(\"mount\", b\"x\", b\"/mnt\", b\"tmpfs\", 0, 0) == 0: got()"),
        Attack(
            "make the host's files writable again, as root", stoppedBy: [.noCapabilities, .callFilter], user: 0,
            python: "if call(\"mount\", 0, b\"/usr\", 0, 0x1020, 0) == 0: got()"),
        Attack(
            "get capabilities in a user namespace of its own", stoppedBy: .callFilter,
            python: "if call(\"unshare\", 0x10000000) == 0: got()"),
        Attack(
            "change the kernel's settings in /proc, as root", stoppedBy: .readOnlyProcesses, user: 0,
            python: """
                try: os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY); got()
                except OSError: pass
                """),
        Attack(
            "fork without end", stoppedBy: .taskLimit, container: ContainerSpecification(),
            python: """
                try:
                    for count in range(\(ControlGroups.mostTasks + 50)):
                        if os.fork() == 0: time.sleep(1000)
                    got()
                except OSError: pass
                """),
        Attack(
            "fill the memory", stoppedBy: .memoryLimit, container: ContainerSpecification(memoryLimit: 24 << 20),
            python: "x = bytearray(64 << 20); got()"),
        Attack(
            "fill the memory with files", stoppedBy: .memoryLimit,
            container: ContainerSpecification(memoryLimit: 24 << 20),
            "head -c 23000000 /dev/zero > /dev/shm/a && head -c 20000000 /dev/zero > /tmp/b && echo GOT"),
        Attack(
            "open a device that was not granted, as root", stoppedBy: [.minimalDevices, .deviceList], user: 0,
            python: device),
        Attack(
            "open a device that the list alone refuses", stoppedBy: .deviceList, without: .minimalDevices, user: 0,
            python: device),
        Attack(
            "share memory with another function by System V's keys", stoppedBy: .ipcNamespace,
            python: "if call(\"shmget\", \(Machine.sharedKey), 0, 0) == 0: got()"),
        Attack(
            "see all traffic of the network", stoppedBy: [.noCapabilities, .callFilter],
            python: "if call(\"socket\", 17, 3, 768) == 0: got()"),
    ]

    private static let device = """
        for name in ("fuse", "loop-control", "net/tun"):
            try: os.open("/dev/" + name, os.O_RDWR); got()
            except OSError: pass
        """

    @Test("LAM-13: each attack is refused, and succeeds with just its barrier off", arguments: attacks)
    func attack(_ attack: Attack) throws {
        let victim = try Victim()
        #expect(try !attack.succeeds(without: []), "it got through")
        #expect(try attack.succeeds(without: attack.barrier), "the control run shows nothing")
        withExtendedLifetime(victim) {}
    }

    @Test("Where two barriers stop an attack, each does it alone")
    func each() throws {
        for attack in Self.attacks where attack.testDescription.hasPrefix("become root") {
            #expect(try !attack.succeeds(without: attack.without.union(.noNewPrivileges)))
            #expect(try !attack.succeeds(without: attack.without.union(.noSetUserID)))
        }
    }

    @Test("A source that has become a symbolic link is not followed")
    func link() throws {
        Machine.prepare()
        let link = Machine.open + "/link"
        _ = symlink("/etc", link)
        defer { unlink(link) }
        let run = ContainerRun(
            script: "test -e /data/passwd && echo GOT",
            container: ContainerSpecification(mounts: [.init(source: link, destination: "/data")]))
        let error = #expect(throws: SystemError.self) { try run.run() }
        #expect(error?.description.contains("deploy it again") == true)
        var control = run
        control.without = .linkCheck
        #expect(try control.run().output == "GOT\n")
    }

    @Test("A device that a link names is shown where the link is")
    func linkedDevice() throws {
        let link = "/dev/perennial-test-\(Processes.current)"
        _ = symlink("fuse", link)
        defer { unlink(link) }
        let run = ContainerRun(
            script: "exec 3<> \(link) && test ! -L \(link) && echo GOT",
            container: ContainerSpecification(devices: [.init(path: link, isWritable: true)]), user: 0)
        #expect(try run.run().output == "GOT\n")
    }

    @Test("A volume and a device that were granted read-only are not written to")
    func readOnly() throws {
        for isWritable in [false, true] {
            var run = ContainerRun(
                script: "echo x > /data/everybody && echo GOT",
                container: ContainerSpecification(
                    mounts: [.init(source: Machine.open, destination: "/data", isWritable: isWritable)]))
            #expect(try run.run().output.contains("GOT") == isWritable)
            run.script = "exec 3<> /dev/fuse && echo GOT"
            run.user = 0
            run.container = ContainerSpecification(devices: [.init(path: "/dev/fuse", isWritable: isWritable)])
            #expect(try run.run().output.contains("GOT") == isWritable)
        }
    }
}
