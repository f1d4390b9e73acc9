import CLinux
import Glibc
import Linux
import Testing

@testable import Sandbox

@Suite("Starting a program in a container")
struct ContainerTests {
    private func output(
        _ script: String, _ container: ContainerSpecification = ContainerSpecification(memoryLimit: 256 << 20),
        without: Barriers = []
    ) throws -> String {
        try ContainerRun(script: script, container: container, without: without).run().output
    }

    @Test("This machine can start containers, and nothing that they are bounded by is missing")
    func support() {
        let support = Machine.containers.support
        #expect(support.refusal == nil)
        #expect(support.memory != nil && support.devices != nil && support.tasks != nil)
        #expect(support.notices.isEmpty)
    }

    @Test(
        "LAM-12: it has the host's files, read-only, its own /proc, /tmp and /dev, and no /sys",
        arguments: [Barriers(), .newCalls])
    func view(without: Barriers) throws {
        let text = try output(
            """
            test -x /usr/bin/env && echo host; touch /usr/x 2>&1 | grep -o 'Read-only file system'
            ls /tmp /sys | grep -v : | wc -w; touch /tmp/x && echo tmp
            cat /proc/1/stat | cut -d' ' -f4; cd /dev; echo *
            """, without: without)
        #expect(
            text
                == "host\nRead-only file system\n0\ntmp\n0\nfd full null random shm stderr stdin stdout tty urandom zero\n"
        )
    }

    @Test(
        "LRA-05: packages and volumes stand at their destinations, deep ones and missing ones too, and writes reach the source",
        arguments: [Barriers(), .newCalls])
    func mounts(without: Barriers) throws {
        let folder = "/var/tmp/perennial-mounts-\(Processes.current)-\(without.rawValue)"
        try Files.makeDirectories(folder + "/rw", mode: 0o777)
        try Files.makeDirectories(folder + "/ro", mode: 0o777)
        defer { do { try Files.removeTree(folder) } catch {} }
        try Files.writeAtomically(folder + "/ro/file", [UInt8]("read\n".utf8), mode: 0o644)
        let text = try output(
            """
            cat /lambda/file /usr/share/deep/in/there/file /one; ls -d /usr/share/man
            echo x > /lambda/y; echo written > /data/file && cat /data/file; echo x 2>&1 > /usr/share/new
            """,
            ContainerSpecification(mounts: [
                .init(source: folder + "/ro", destination: "/lambda"),
                .init(source: folder + "/ro", destination: "/usr/share/deep/in/there"),
                .init(source: folder + "/ro/file", destination: "/one"),
                .init(source: folder + "/rw", destination: "/data", isWritable: true),
            ]), without: without)
        #expect(text.hasPrefix("read\nread\nread\n/usr/share/man\n"))
        #expect(text.contains("/lambda/y: Read-only file system"))
        #expect(text.contains("written\n") && text.contains("/usr/share/new: Read-only file system"))
        #expect(String(decoding: try Files.read(folder + "/rw/file", limit: 100), as: UTF8.self) == "written\n")
        #expect(!Files.exists("/usr/share/deep") && !Files.exists("/one") && !Files.exists("/data"))
    }

    @Test("LAM-19: /sys is shown, read-only, to a function that may see it")
    func sysfs() throws {
        let text = try output("ls -d /sys/kernel; mkdir /sys/fs/cgroup/x", ContainerSpecification(showsSysfs: true))
        #expect(text.hasPrefix("/sys/kernel\n") && text.contains("Read-only file system"))
    }

    @Test("LAM-16: it has its user, its group and the groups of resources, and no capability, as root neither")
    func identity() throws {
        let script = "id -u; id -G; grep -E 'Cap(Prm|Bnd|Amb)|NoNew|Seccomp:' /proc/self/status | tr -s '\\t' ' '"
        let nothing = "CapPrm: 0000000000000000\nCapBnd: 0000000000000000\nCapAmb: 0000000000000000\n"
        let ordinary = try ContainerRun(script: script, groups: [61_800, 61_801]).run()
        #expect(ordinary.output == "61777\n61777 61800 61801\n" + nothing + "NoNewPrivs: 1\nSeccomp: 2\n")
        let root = try ContainerRun(script: script, user: 0).run()
        #expect(root.output == "0\n0\n" + nothing + "NoNewPrivs: 1\nSeccomp: 2\n")
    }

    @Test("Its end is told as it was: exit codes, signals, and those that process 1 would not have died of")
    func ends() throws {
        #expect(try ContainerRun(script: "exit 143").run().exit == .code(143))
        #expect(try ContainerRun(script: "kill -SEGV $$").run().exit == .signal(11))
        #expect(try ContainerRun(script: "kill -ABRT $$").run().exit == .signal(6))
        #expect(try ContainerRun(script: "echo ready; exec sleep 1000", signal: SIGTERM).run().exit == .signal(15))
        #expect(try ContainerRun(script: "echo ready; exec sleep 1000", signal: SIGKILL).run().exit == .signal(9))
        let handled = try ContainerRun(
            script: "trap 'echo term; exit 3' TERM; echo ready; while :; do sleep 0.1; done", signal: SIGTERM
        ).run()
        #expect(handled.exit == .code(3) && handled.output.contains("term\n"))
    }

    @Test("LAM-13: what it started ends with it, out of its session or not, and orphans are reaped meanwhile")
    func children() throws {
        // The pipe ends only when the last process that has it has ended: run() returning is the proof.
        let result = try ContainerRun(script: "setsid sleep 1000 & (sleep 0 &) ; sleep 0.2; ls -d /proc/[0-9]* | wc -l")
            .run()
        // init, the shell, setsid's sleep, ls or the pipe's ends; no zombie of the orphan.
        #expect(result.exit == .code(0))
    }

    @Test("LAM-07: more memory than the limit ends it, and that is told")
    func memory() throws {
        let hog = "exec /usr/bin/python3 -I -c 'x = bytearray(100 << 20)'"
        let bounded = try ContainerRun(script: hog, container: ContainerSpecification(memoryLimit: 24 << 20)).run()
        #expect(bounded.exit == .signal(9) && bounded.outOfMemory)
        // Killed by somebody else it was not out of memory.
        #expect(try !ContainerRun(script: "kill -KILL $$").run().outOfMemory)
    }

    @Test("What fails is named with the step, the path and what helps, and leaves nothing")
    func failures() throws {
        func failure(_ container: ContainerSpecification) throws -> String {
            let error = #expect(throws: SystemError.self) {
                try ContainerRun(script: "true", container: container).run()
            }
            return error?.description ?? ""
        }
        let missing = try failure(
            ContainerSpecification(mounts: [.init(source: "/nowhere", destination: "/lambda")]))
        #expect(missing.contains("find /nowhere, which is to be shown in the container: No such file"))
        let overLink = try failure(
            ContainerSpecification(mounts: [.init(source: "/etc", destination: "/bin/x")]))
        #expect(overLink.contains("choose a destination that leads over none"))
        let ownPlace = StartStep.error(
            CLINUX_START_PLACE, SupervisorMessageTests.contained, path: "/functions/alarm", code: ELOOP)
        #expect(ownPlace.description.contains("the host has a symbolic link at /functions, where each container has"))
        let noDevice = try failure(ContainerSpecification(devices: [.init(path: "/dev/nothing")]))
        #expect(noDevice.contains("/dev/nothing"))
        var nothing = ContainerRun(script: "")
        nothing.executable = "/nowhere/program"
        let program = #expect(throws: SystemError.self) { try nothing.run() }
        #expect(program?.description == "execute /nowhere/program: No such file or directory")
    }

    @Test("LAM-07: a start that the memory limit has no room for is told as such")
    func tinyMemory() throws {
        let error = #expect(throws: SystemError.self) {
            try ContainerRun(script: "true", container: ContainerSpecification(memoryLimit: 4096)).run()
        }
        #expect(error?.description.contains("more than the 4 KB that it may have: raise MemorySize") == true)
    }

    @Test("A control group that cannot be joined is named")
    func join() throws {
        let texts = CStrings(["/tmp", "/nowhere/cgroup.procs"])
        let folder = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { FileDescriptor.close(folder) }
        var request = clinux_container()
        request.staging = texts[0]
        request.cgroup_join = texts[1]
        request.cgroup = folder
        request.without = Barriers.newCalls.rawValue
        var contained = clinux_contained()
        let result = withExtendedLifetime(texts) { clinux_container_start(&request, &contained) }
        #expect(result < 0 && errno == ENOENT && contained.step == Int32(CLINUX_START_JOIN.rawValue))
        let detail = withUnsafeBytes(of: &contained.detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        #expect(detail == "/nowhere/cgroup.procs")
    }

    @Test("What a supervisor that was killed has left in its control groups is ended and removed at the next start")
    func leftovers() throws {
        let name = "perennial-left-\(Processes.current)"
        let groups = ControlGroups.make(named: name)
        defer { groups.removeAll() }
        let group = try ControlGroup(groups, name: "f1", memoryLimit: 64 << 20, devices: [])
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        let join = group.joins.isEmpty ? [group.unifiedJoin] : group.joins
        let script = join.map { "echo 0 > \($0); " }.joined() + "echo ready; exec sleep 1000"
        let process = try Launcher.start(
            LaunchSpecification(
                worker: 1, executable: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin"],
                workingDirectory: "/", user: 0, group: 0), descriptors: [pipe.write, pipe.write], changesUser: false)
        FileDescriptor.close(pipe.write)
        _ = fcntl(pipe.read, F_SETFL, 0)
        var room = [UInt8](repeating: 0, count: 64)
        #expect(Glibc.read(pipe.read, &room, room.count) == 6)
        _ = ControlGroups.make(named: name)
        #expect(Processes.wait(process) == .signal(9))
        _ = ControlGroups.make(named: name)
        let folders = [groups.memory, groups.devices, groups.tasks, groups.unified].compactMap { $0 }
        #expect(!folders.isEmpty)
        for folder in folders { #expect(ControlGroups.subfolders(folder).isEmpty) }
    }

    @Test("A hundred containers, some of which do not start, leave no mount and no control group")
    func nothingLeft() throws {
        let containers = Containers(name: "perennial-hundred-\(Processes.current)", hidden: [])
        // But those in the folders of a container engine, which may start or end others meanwhile.
        let engines = [" /var/lib/docker/", " /run/docker/", " /tmp/perennial-engine-"]
        func mounts() throws -> [String] {
            String(decoding: try Files.read("/proc/self/mountinfo", limit: 1 << 20), as: UTF8.self)
                .split(separator: "\n").map(String.init).filter { line in !engines.contains { line.contains($0) } }
        }
        let before = try mounts()
        var run = ContainerRun(script: "exit 0", containers: containers)
        for number in 0..<100 {
            run.executable = number % 10 == 9 ? "/nowhere" : "/bin/sh"
            if number % 10 == 9 {
                #expect(throws: SystemError.self) { try run.run() }
            } else {
                #expect(try run.run().exit == .code(0))
            }
        }
        #expect(try mounts() == before)
        let groups = containers.groups
        for folder in [groups.memory, groups.devices, groups.tasks, groups.unified].compactMap({ $0 }) {
            #expect(ControlGroups.subfolders(folder).isEmpty)
        }
        containers.removeGroups()
    }
}
