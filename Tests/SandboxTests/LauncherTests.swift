import Glibc
import Linux
import Testing

@testable import Sandbox

@Suite("Starting a process")
struct LauncherTests {
    /// Runs a shell script and gives what it wrote to descriptor 1 and how it ended.
    private func run(
        _ script: String, environment: [String] = [], directory: String = "/", user: UInt32? = nil,
        groups: [UInt32] = []
    ) throws -> (output: String, exit: ProcessExit?) {
        let pipe = try FileDescriptor.pipe()
        let specification = LaunchSpecification(
            worker: 1, executable: "/bin/sh", arguments: ["sh", "-c", script], environment: environment,
            workingDirectory: directory, user: user ?? 0, group: user ?? 0, supplementaryGroups: groups)
        defer { FileDescriptor.close(pipe.read) }
        let process: Int32
        do {
            defer { FileDescriptor.close(pipe.write) }
            process = try Launcher.start(
                specification, descriptors: [Int32](repeating: pipe.write, count: 6), changesUser: user != nil)
        }
        let exit = Processes.wait(process)
        // A child that another test is starting has the other end until it executes its program: its end is waited for.
        _ = fcntl(pipe.read, F_SETFL, 0)
        let bytes = try Files.read(descriptor: pipe.read, name: "the pipe", limit: 100_000)
        return (String(decoding: bytes, as: UTF8.self), exit)
    }

    @Test("The process has the environment and folder it was given, and nothing of ours")
    func environment() throws {
        let result = try run(
            "pwd; env | grep -v ^PWD= | grep -v ^_= | grep -v ^SHLVL=; ls /proc/self/fd | wc -l", environment: ["A=1"],
            directory: "/tmp")
        // ls sees 0 to 6 and the descriptor with which it reads the folder.
        #expect(result.output == "/tmp\nA=1\n8\n")
        #expect(result.exit == .code(0))
    }

    @Test("The six log descriptors are 1 to 6, and 0 reads nothing")
    func descriptors() throws {
        let result = try run("for n in 1 2 3 4 5 6; do echo $n >&$n; done; cat <&0")
        #expect(result.output == "1\n2\n3\n4\n5\n6\n")
    }

    @Test("It cannot gain privileges, leads its own group, and has no signal blocked or ignored")
    func hardened() throws {
        let result = try run(
            "grep -E '^(NoNewPrivs|SigBlk|SigIgn)' /proc/self/status | tr -s '\\t' ' '; cut -d' ' -f1,5 /proc/self/stat; echo $$"
        )
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains("NoNewPrivs: 1"))
        #expect(lines.contains("SigBlk: 0000000000000000"))
        // Signal 32 is libc's own: programs can neither see nor set it.
        #expect(lines.contains("SigIgn: 0000000000000000") || lines.contains("SigIgn: 0000000080000000"))
        let leader = try #require(lines.last)
        #expect(lines.dropLast().last?.hasSuffix(" \(leader)") == true)
    }

    @Test(
        "LAM-16: started by root it has the user and group it was given, and no other group", .enabled(if: Users.isRoot)
    )
    func identity() throws {
        let result = try run("id -u; id -g; id -G; grep CapEff /proc/self/status | tr -s '\\t' ' '", user: 61_777)
        #expect(result.output == "61777\n61777\n61777\nCapEff: 0000000000000000\n")
    }

    @Test("LRA-07: the groups of resources come to its own group", .enabled(if: Users.isRoot))
    func groups() throws {
        let result = try run("id -G", user: 61_777, groups: [61_780, 61_781])
        #expect(result.output == "61777 61780 61781\n")
    }

    @Test("LAM-16: functions have the limit of open descriptors that the core was started with, in a container too")
    func descriptorLimit() throws {
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        limit.rlim_cur = 1000
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        Processes.raiseDescriptorLimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 && limit.rlim_cur > 1000)
        #expect(try run("ulimit -S -n").output == "1000\n")
        if Users.isRoot { #expect(try ContainerRun(script: "ulimit -S -n").run().output == "1000\n") }
    }

    @Test("What does not exist is named with the step that failed, and leaves no process")
    func missing() throws {
        let specification = LaunchSpecification(
            worker: 1, executable: "/nowhere/python", arguments: ["python"], environment: [], workingDirectory: "/",
            user: 0, group: 0)
        let error = #expect(throws: SystemError.self) {
            try Launcher.start(specification, descriptors: [1, 2], changesUser: false)
        }
        #expect(error?.description == "execute /nowhere/python: No such file or directory")
        var elsewhere = specification
        elsewhere.executable = "/bin/sh"
        elsewhere.workingDirectory = "/nowhere"
        let second = #expect(throws: SystemError.self) {
            try Launcher.start(elsewhere, descriptors: [1, 2], changesUser: false)
        }
        #expect(second?.description == "enter /nowhere: No such file or directory")
    }
}
