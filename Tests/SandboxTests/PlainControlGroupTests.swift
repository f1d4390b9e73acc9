import Glibc
import Linux
import Testing

@testable import Sandbox

@Suite("Processes without a container", .enabled(if: Users.isRoot, "only root has control groups to make"))
struct PlainControlGroupTests {
    @Test(
        "What a process leaves behind ends with it, though it left session and process group; its control group is removed"
    )
    func leftBehind() throws {
        let containers = Containers(name: "perennial-plain-\(Processes.current)", hidden: [])
        defer { containers.removeGroups() }
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        let specification = LaunchSpecification(
            worker: 1, executable: "/bin/sh",
            arguments: ["sh", "-c", "setsid sh -c 'echo; exec sleep 1000' & read wait"],
            environment: [], workingDirectory: "/", user: 61_777, group: 61_777)
        let started: (process: Int32, group: PlainControlGroup?, mark: UInt32)
        do {
            defer { FileDescriptor.close(pipe.write) }
            started = try containers.startPlain(specification, descriptors: [pipe.write], changesUser: true)
        }
        _ = fcntl(pipe.read, F_SETFL, 0)
        // Both have ended their part when the daemon has spoken, and the process has read the end of its input.
        #expect(Processes.wait(started.process) == .code(1))
        var byte: UInt8 = 0
        #expect(read(pipe.read, &byte, 1) == 1)
        let group = try #require(started.group)
        containers.finish(group)
        // The daemon was the last that had the other end.
        #expect(read(pipe.read, &byte, 1) == 0)
        let groups = containers.groups
        let folder = try #require(groups.tasks ?? groups.devices ?? groups.memory ?? groups.unified)
        // It is reaped by whoever adopts orphans; until then the group is busy.
        for _ in 0..<1000 where !ControlGroups.subfolders(folder).isEmpty {
            containers.removeUnfinished()
            usleep(10_000)
        }
        #expect(ControlGroups.subfolders(folder).isEmpty)
    }

    @Test("A process has its mark, and hands it on to a daemon that cleans its environment")
    func mark() throws {
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        let specification = LaunchSpecification(
            worker: 1, executable: "/bin/sh",
            arguments: ["sh", "-c", "setsid env -i /bin/sh -c 'echo $$; exec sleep 1000' & wait"],
            environment: ["PATH=/usr/bin:/bin"], workingDirectory: "/", user: 61_777, group: 61_777)
        let process: Int32
        do {
            defer { FileDescriptor.close(pipe.write) }
            process = try Launcher.start(
                specification, descriptors: [pipe.write], changesUser: true, mark: ProcessMark.make(77))
        }
        defer {
            _ = Processes.send(Signals.kill, to: process)
            _ = Processes.wait(process)
        }
        _ = fcntl(pipe.read, F_SETFL, 0)
        var text = [UInt8](repeating: 0, count: 16)
        let length = read(pipe.read, &text, text.count)
        let daemon = try #require(Int32(String(decoding: text.prefix(max(0, length - 1)), as: UTF8.self)))
        #expect(ProcessMark.of(process) == ProcessMark.make(77))
        #expect(ProcessMark.of(daemon) == ProcessMark.make(77))
        #expect(ProcessMark.of(Processes.current) == nil)
        _ = Processes.send(Signals.kill, to: daemon)
    }
}
