import Foundation
import Testing

/// Functions that do what none should, thousands of times in random order. Soak/ has their code, and the conductor that
/// calls them and knows what each call has to be answered with.
@Suite("Misbehaving functions")
struct FunctionSoakTests {
    /// `make soak-functions` asks for more.
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = Int(environment["SOAK_COUNT"] ?? "") ?? 300
    private static let seed = UInt64(environment["SOAK_SEED"] ?? "") ?? UInt64.random(in: 0..<1_000_000)
    /// Of a call, in seconds: more than a good one takes; each that hangs lasts as long.
    private static let timeout = Int(environment["SOAK_TIMEOUT"] ?? "") ?? 5
    /// A user that nobody else has: whatever runs as it is the functions'. A core that is not root's has only its own.
    private static let user = Expectation.has(.users) ? 70_000 + Int(getpid()) % 100_000 : nil
    /// After so many, pools, caches and the allocator's arenas have the size they keep.
    private static let warmUp = min(count / 2, 500)
    /// What the core and the supervisor may have more afterwards, KB, by what malloc keeps of its busiest moment: 10,000
    /// calls leave them 150 and 50 KB larger, 300 as much. A leak of 100 bytes a call would be 1 MB.
    private static let coreGrowth = 1024
    private static let supervisorGrowth = 256

    private static let runtimes: [(name: String, memory: Int)] = [("c", 8192), ("python", 49_152), ("node", 131_072)]

    private static func function(_ name: String, contained memory: Int?, in core: CoreUnderTest) throws
        -> GroupFolder.Function
    {
        let soak = Places.tests + "/Soak"
        let place = memory == nil ? "plain" : "contained"
        var function = GroupFolder.Function(
            name: "\(name)-\(place)", code: "", timeout: timeout,
            variables: [
                "SOAK_MARK": mark, "SOAK_CONTAINER": memory == nil ? "no" : "yes",
                "SOAK_BOUNDED": memory != nil && Expectation.has(.memory) ? "yes" : "no",
            ], withSDK: false)
        if let user { function.runAs = (user, user) }
        function.memory = memory
        switch name {
        case "c":
            function.runtime = "executable"
            function.handler = "misbehaving"
            function.encoding = "binary"
            let folder = (core.root as NSString).deletingLastPathComponent
            function.files = [
                "misbehaving": try NativeProgram.build("misbehaving", from: soak + "/misbehaving.c", in: folder)
            ]
        case "node":
            function.runtime = "nodejs8.10"
            function.handler = "misbehaving.handler"
            function.files = ["misbehaving.js": soak + "/misbehaving.js"]
        case "python":
            function.handler = "misbehaving.function_handler"
            function.files = ["misbehaving.py": soak + "/misbehaving.py"]
        default:
            function.code = "import not_installed_anywhere\n\n\ndef function_handler(event, context):\n    pass\n"
        }
        return function
    }

    /// The name of every process that a function leaves behind.
    private static let mark = "soak-\(getpid())"

    private static func group(_ core: CoreUnderTest) throws -> GroupFolder {
        var group = GroupFolder()
        group.loggers = [
            GroupFolder.logger(component: "GreengrassSystem", level: "INFO", space: 10240),
            GroupFolder.logger(component: "Lambda", level: "INFO", space: 1024),
        ]
        for (name, memory) in runtimes + [("broken", 49_152)] {
            if Expectation.has(.containers) {
                group.functions.append(try function(name, contained: memory, in: core))
            }
            group.functions.append(try function(name, contained: nil, in: core))
        }
        let arn = GroupFolder.functionARN("%s")
        group.functions.append(
            GroupFolder.Function(
                name: "Conductor", code: "", pinned: true, timeout: 120,
                variables: ["SOAK_ARN": arn, "SOAK_BOUNDED": Expectation.has(.memory) ? "yes" : "no"],
                handler: "conductor.function_handler",
                files: ["conductor.py": Places.tests + "/Soak/conductor.py"]))
        group.subscriptions = [
            (.device("tester"), "soak/go", .function("Conductor")),
            (.function("Conductor"), "soak/+", .device("tester")),
        ]
        return group
    }

    /// Has so many calls made and returns what was wrong with their answers.
    private static func run(_ count: Int, seed: UInt64, _ tester: Device) throws -> [String] {
        let places = Expectation.has(.containers) ? #"["contained", "plain"]"# : #"["plain"]"#
        try tester.publish("soak/go", #"{"seed": \#(seed), "count": \#(count), "places": \#(places)}"#)
        var problems: [String] = []
        while true {
            let message = try tester.receive()
            if message.topic == "soak/problem" {
                problems.append(message.payload)
            } else if message.payload.contains(#""done": \#(count)}"#) {
                print("Soak: \(message.payload)")
                return problems
            }
        }
    }

    /// Ends the workers that are left: by their idle time in a long run, else by a call that ends each.
    private static func drain(_ core: CoreUnderTest, _ tester: Device) throws {
        let deadline = Deadline(seconds: 180)
        while deadline.millisecondsLeft > 0 {
            let functions = try core.status()["functions"] as? [[String: Any]] ?? []
            let busy = functions.compactMap { function -> String? in
                guard let arn = function["arn"] as? String, (function["workers"] as? [Any])?.isEmpty == false else {
                    return nil
                }
                let name = arn.split(separator: ":").dropLast().last.map(String.init)
                return name == "Conductor" ? nil : name
            }
            guard let name = busy.first else { return }
            if count >= 1000 {
                sleep(1)
            } else {
                try tester.publish("soak/go", #"{"end": "\#(name)"}"#)
                while try tester.receive().topic != "soak/ended" {}
            }
        }
        throw HarnessError("workers do not end: \(try core.status())")
    }

    @Test("LAM-05, LAM-06, LAM-07, LAM-13: crashing, hanging, leaking and littering functions leave nothing behind")
    func nothingIsLeft() throws {
        print("Soak: \(Self.count) calls with SOAK_SEED=\(Self.seed)")
        var left: [String] = []
        var root = ""
        try CoreUnderTest.run { core in
            root = core.root
            try core.start(try Self.group(core), devices: "tester")
            let tester = try core.device(.paho, "tester", subscribe: "soak/+")
            var problems = try Self.run(Self.warmUp, seed: Self.seed &+ 1, tester)
            try Self.drain(core, tester)
            let before = try Residue(core, user: Self.user, mark: Self.mark)
            problems += try Self.run(Self.count - Self.warmUp, seed: Self.seed, tester)
            try Self.drain(core, tester)
            let after = try Residue(core, user: Self.user, mark: Self.mark)
            print("Soak: the core had \(before.core.memory) and has \(after.core.memory)")
            print("Soak: the supervisor had \(before.supervisor.memory) and has \(after.supervisor.memory)")
            #expect(problems.isEmpty, "\(problems.count) wrong answers")
            for problem in problems.prefix(20) { Issue.record("\(problem)") }
            for what in after.beyond(before) { Issue.record("left behind: \(what)") }
            #expect(after.core.memory.own - before.core.memory.own <= Self.coreGrowth)
            #expect(after.supervisor.memory.own - before.supervisor.memory.own <= Self.supervisorGrowth)
            try core.command("stop")
            left = ProcessTable.all().filter { $0.commandLine.contains(Self.mark) }.map(\.description)
        }
        #expect(left.isEmpty)
        #expect(Residue.controlGroups(root).isEmpty)
    }
}
