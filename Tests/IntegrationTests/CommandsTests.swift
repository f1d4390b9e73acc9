import Foundation
import Testing

@Suite("Commands")
struct CommandsTests {
    @Test("INST-01, INST-02, INST-05: init completes V1's tree below any root, and a core starts from it at once")
    func initialised() throws {
        try CoreUnderTest.run { core in
            let manager = FileManager.default
            for path in ["certs", "config/config.json", "ggc/core/greengrassd", "ggc/packages"] {
                #expect(manager.fileExists(atPath: "\(core.root)/\(path)"), "\(path)")
            }
            let config =
                try JSONSerialization.jsonObject(
                    with: Data(contentsOf: URL(fileURLWithPath: core.configPath))) as? [String: Any]
            let thing = config?["coreThing"] as? [String: Any]
            #expect((thing?["thingArn"] as? String)?.hasSuffix(":thing/\(GroupFolder().core)") == true)
            try core.start()
        }
    }

    @Test("INST-01: init in a root that is one already changes nothing and says so")
    func initialisedTwice() throws {
        try CoreUnderTest.run { core in
            let before = try Data(contentsOf: URL(fileURLWithPath: core.configPath))
            let again = try core.command("init", "--thing", "other")
            #expect(!again.succeeded)
            #expect(again.text.contains(core.root))
            #expect(try Data(contentsOf: URL(fileURLWithPath: core.configPath)) == before)
        }
    }

    @Test("INST-07: start prints V1's lines")
    func startLines() throws {
        try CoreUnderTest.run { core in
            let result = try core.command("start")
            #expect(result.succeeded, "\(result)")
            let expected = [
                "Setting up greengrass daemon", "Validating hardlink/softlink protection",
                "Waiting for up to 30s for Daemon to start",
            ]
            let lines = result.output.filter { !$0.trimmingCharacters(in: .whitespaces).isEmpty }
            #expect(Array(lines.prefix(3)) == expected, "\(result)")
            let last = lines.last ?? ""
            #expect(last.hasPrefix("Greengrass successfully started with PID: "))
            let pid = pid_t(last.split(separator: " ").last ?? "") ?? 0
            #expect(ProcessTable.naming(core.root).contains { $0.pid == pid }, "\(last)")
        }
    }

    @Test("INST-08: an installed daemon is seen as ggc/packages/VERSION/bin/daemon")
    func title() throws {
        try CoreUnderTest.run { core in
            let bin = core.root + "/ggc/packages/test/bin"
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: bin + "/daemon", withDestinationPath: "../greengrassd")
            let started = try core.command("start")
            #expect(started.succeeded, "\(started)")
            let pid = pid_t(started.output.last?.split(separator: " ").last ?? "") ?? 0
            let shown = ProcessTable.all().first { $0.pid == pid }?.commandLine ?? ""
            #expect(shown.trimmingCharacters(in: .whitespaces) == bin + "/daemon")
        }
    }

    @Test("INST-06: start, restart and stop, and their exit codes")
    func lifecycle() throws {
        try CoreUnderTest.run { core in
            let started = try core.command("start")
            #expect(started.succeeded, "\(started)")
            let firstPID = started.output.last
            let restarted = try core.command("restart")
            #expect(restarted.succeeded, "\(restarted)")
            #expect(restarted.output.last?.hasPrefix("Greengrass successfully started with PID: ") == true)
            #expect(restarted.output.last != firstPID)
            let stopped = try core.command("stop")
            #expect(stopped.succeeded, "\(stopped)")
            #expect(ProcessTable.naming(core.root).isEmpty)
        }
    }

    @Test("INST-06: restart with a broken config.json names the mistake and leaves the running core alone")
    func restartWithMistake() throws {
        try CoreUnderTest.run { core in
            try core.start()
            let before = try core.status()["corePid"] as? Int
            try "{".write(toFile: core.configPath, atomically: true, encoding: .utf8)
            let restarted = try core.command("restart")
            #expect(!restarted.succeeded)
            #expect(restarted.text.contains(core.configPath) && restarted.text.contains("line 1"), "\(restarted)")
            #expect(try core.status()["corePid"] as? Int == before)
        }
    }

    @Test("INST-13: a deployed group that was damaged is told by start and status, on a line that names the place")
    func damagedGroup() throws {
        try CoreUnderTest.run { core in
            try core.deploy(GroupFolder())
            let file = core.root + "/ggc/deployment/group/group.json"
            try #"{"Functions": [{"Id": 3}]}"#.write(toFile: file, atomically: false, encoding: .utf8)
            let started = try core.command("start")
            #expect(started.text.contains("Some system components failed to start"), "\(started)")
            let problem = try core.command("status").output.first { $0.contains("problem") } ?? ""
            #expect(
                problem.contains("$.Functions[0]") && problem.contains("Deploy the group folder again"), "\(problem)")
        }
    }

    @Test("INST-06: starting what runs and stopping what does not are said, and change nothing")
    func twice() throws {
        try CoreUnderTest.run { core in
            try core.start()
            let before = ProcessTable.naming(core.root).map(\.pid).sorted()
            let again = try core.command("start")
            #expect(again.text.contains("already running"), "\(again)")
            #expect(ProcessTable.naming(core.root).map(\.pid).sorted() == before)
            try core.command("stop")
            let stopped = try core.command("stop")
            #expect(stopped.text.contains("not running"), "\(stopped)")
        }
    }

    @Test(
        "INST-06: --version prints a version and nothing else; an unknown command is an error that names it and the help"
    )
    func version() throws {
        let version = try CommandResult.run([Places.greengrassd, "--version"])
        #expect(version.succeeded, "\(version)")
        #expect(version.output.count == 1)
        #expect(version.output.first?.range(of: #"\d+\.\d+\.\d+"#, options: .regularExpression) != nil, "\(version)")
        let unknown = try CommandResult.run([Places.greengrassd, "strat"])
        #expect(!unknown.succeeded)
        #expect(unknown.text.contains("strat") && unknown.text.contains("greengrassd help"), "\(unknown)")
    }

    @Test("INST-06: -i starts the core whether or not the machine protects links; without -i it must")
    func insecure() throws {
        try CoreUnderTest.run { core in
            let secure = try core.plainCommand(["start"])
            #expect(secure.succeeded == Places.linksAreProtected, "\(secure)")
            if !secure.succeeded { #expect(secure.text.contains("fs.protected_"), "\(secure)") }
            let insecure = try core.plainCommand(["-i", "start"])
            #expect(insecure.succeeded, "\(insecure)")
        }
    }

    @Test("INST-06: status says what runs, as text and as JSON")
    func status() throws {
        try CoreUnderTest.run { core in
            let before = try core.command("status")
            #expect(before.text.contains("not running"), "\(before)")
            var group = GroupFolder()
            group.functions = [GroupFolder.Function(name: "Counter", code: FunctionCode.counter, pinned: true)]
            try core.start(group, devices: "sensor")
            let text = try core.command("status")
            #expect(text.succeeded, "\(text)")
            #expect(text.text.contains("running"))
            #expect(text.text.contains("Counter"), "\(text)")
            #expect(!(try core.status()).isEmpty)
        }
    }

    @Test("INST-03, INST-04: a deployment stands where V1 has it, a function's package unchanged in its folder")
    func deployed() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [GroupFolder.Function(name: "Counter", code: FunctionCode.counter)]
            try core.deploy(group, devices: ["sensor"])
            let deployment = core.root + "/ggc/deployment"
            #expect(FileManager.default.fileExists(atPath: deployment + "/group/group.json"))
            let package = "\(deployment)/lambda/\(GroupFolder.functionARN("Counter"))"
            #expect(FileManager.default.contentsEqual(atPath: package, andPath: core.groupFolder + "/Counter"))
        }
    }

    @Test("INST-13: the guide's rescue: a deployed group.json replaced by {} starts an empty group")
    func rescue() throws {
        try CoreUnderTest.run { core in
            try core.deploy(GroupFolder(), devices: ["sensor"])
            let deployed = core.root + "/ggc/deployment/group/group.json"
            try "{}".write(toFile: deployed, atomically: false, encoding: .utf8)
            try core.start()
        }
    }
}
