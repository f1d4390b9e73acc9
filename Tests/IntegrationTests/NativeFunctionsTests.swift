import Foundation
import Testing

/// Programs in C against the core's library; Native/ has their sources.
@Suite("Native functions")
struct NativeFunctionsTests {
    /// A function that is the program `Native/<program>.c`.
    private func function(
        _ name: String, _ program: String, in core: CoreUnderTest, pinned: Bool = true,
        variables: [String: String] = [:]
    ) throws -> GroupFolder.Function {
        let folder = (core.root as NSString).deletingLastPathComponent
        var function = GroupFolder.Function(name: name, code: "", pinned: pinned, timeout: 20, encoding: "binary")
        function.runtime = "executable"
        function.handler = program
        function.withSDK = false
        function.variables = variables
        function.files = [program: try NativeProgram.build(program, in: folder)]
        return function
    }

    @Test("LAM-02, SDK-01: C, pinned: main publishes bytes beside the handler's thread, and ends when the core stops")
    func hello() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [try function("Hello", "hello", in: core)]
            group.subscriptions = [(.function("Hello"), "hello/world", .device("listener"))]
            try core.start(group, devices: "listener")
            let listener = try core.device(.paho, "listener", subscribe: "hello/world")
            for _ in 1...3 {
                #expect(try listener.receive() == Device.Message(topic: "hello/world", payload: "hello world!\0"))
            }
            try core.command("stop")
            _ = try core.line(in: core.userLog("Hello"), containing: "[INFO]-told to end")
        }
    }

    @Test("LAM-02, LAM-08, LAM-10, LAM-11: an executable gets the message's bytes, its topic, and its arguments")
    func echo() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var echo = try function("Echo", "echo", in: core)
            // The handler's place is taken by `Executable`.
            echo.handler = "nothing"
            echo.configuration = ["Executable": "echo", "ExecArgs": "summary/room 'second argument'"]
            group.functions = [echo]
            group.subscriptions = [
                (.device("sensor"), "readings/#", .function("Echo")),
                (.function("Echo"), "summary/+", .device("display")),
            ]
            try core.start(group, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "summary/#")
            let sensor = try core.device(.aws, "sensor")
            let long = String(repeating: "0123456789", count: 12_000)
            for payload in ["{\"celsius\": 21.5", "\u{0}\u{1}", long] {
                try sensor.publish("readings/temperature", payload)
                #expect(try display.receive() == Device.Message(topic: "summary/room", payload: payload))
            }
            let log = core.userLog("Echo")
            _ = try core.line(in: log, containing: "[INFO]-arguments: [/echo] [summary/room] [second argument]")
            let called = "\(GroupFolder.functionARN("Echo")) was called with 16 bytes, "
            let context = #"context {"custom":{"subject":"readings/temperature"}}, at 99.5 percent"#
            _ = try core.line(in: log, containing: "[DEBUG]-" + called + context)
            try core.command("stop")
            _ = try core.line(in: log, containing: "[WARN]-the runtime ended with 5")
        }
    }

    /// What a caller published about its call.
    private static let outcomes: [(event: String, answer: String)] = [
        ("hello", "0 0 11 hello world"), ("fail", #"0 1 41 {"errorMessage":"no \"luck\"\u000atoday"}"#),
        ("context", #"0 0 26 {"custom":{"value":"key"}}"#), ("plain context", "0 0 2 {}"),
        ("large", "0 0 5000000 xxxxxxxxxxxxxxxxxxxx"), ("silence", "0 0 0 "), ("event", "0 0 0 "),
        ("repeat", "0 0 12 repeat world"), ("mismatch", "2 3 0 "), ("all or none", "0 0 0 "),
    ]

    @Test("LAM-27, SDK-01, SDK-03: C invokes C and gets its answer, its error, its crash; contexts travel")
    func invoke() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            let invokee = GroupFolder.functionARN("Invokee")
            group.functions = [
                try function(
                    "Caller", "caller", in: core,
                    variables: ["INVOKEE": String(invokee.dropLast(2)), "QUALIFIER": "1"]),
                try function("Invokee", "invokee", in: core, pinned: false),
            ]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Caller")), (.function("Caller"), "answer", .device("asker")),
                (.function("Caller"), "all", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "#")
            for (event, answer) in Self.outcomes {
                try asker.publish("ask", event)
                if event == "all or none" { #expect(try asker.receive().payload == "for all") }
                let received = try asker.receive().payload
                #expect(received == answer, "\(event)")
            }
            try asker.publish("ask", "crash")
            let crash = try asker.receive().payload
            #expect(crash.hasPrefix("0 2 ") && crash.contains("errorMessage"), "\(crash)")
            for (event, named) in [("unknown", "Nobody:1"), ("bad topic", "wildcard")] {
                try asker.publish("ask", event)
                let refusal = try asker.receive().payload
                #expect(refusal.hasPrefix("0 3 ") && refusal.contains(named), "\(refusal)")
            }
            _ = try core.line(in: core.userLog("Caller")) { $0.contains("[ERROR]-gg_invoke was refused") }
        }
    }

    @Test("SDK-02: shadow and secret calls from C say that this core does not have the service")
    func services() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [try function("Caller", "caller", in: core)]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Caller")), (.function("Caller"), "answer", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "answer")
            for event in ["shadow", "shadow update", "shadow delete", "secret"] {
                try asker.publish("ask", event)
                let answer = try asker.receive().payload
                #expect(answer.hasPrefix("0 ") && !answer.hasPrefix("0 0 "), "\(answer)")
                #expect(answer.contains("This core has no"), "\(answer)")
            }
        }
    }

    @Test(
        "LAM-03, H-06: a handler that is not in the package is refused at the deployment, with the name that was meant; the deployed group stays"
    )
    func wrongHandler() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var echo = try function("Echo", "echo", in: core)
            group.functions = [echo]
            group.subscriptions = [
                (.device("sensor"), "in", .function("Echo")), (.function("Echo"), "echo", .device("sensor")),
            ]
            try core.start(group, devices: "sensor")
            let deployment = try core.status()["deployment"] as? String
            echo.handler = "ehco"
            group.functions = [echo]
            let refusal = try core.deployFolder(group)
            #expect(!refusal.succeeded)
            #expect(refusal.text.contains("ehco") && refusal.text.contains("did you mean \"echo\"?"), "\(refusal)")
            #expect(try deployment != nil && core.status()["deployment"] as? String == deployment)
            let sensor = try core.device(.paho, "sensor", subscribe: "echo")
            try sensor.publish("in", "still there")
            #expect(try sensor.receive().payload == "still there")
            // Nor does the next start stumble over it. Two programs with one client ID would throw each other out.
            sensor.close()
            #expect(try core.command("restart").succeeded)
            let again = try core.persistentDevice(.paho, "sensor", subscribe: "echo")
            try again.publish("in", "again")
            #expect(try again.receive().payload == "again")
        }
    }

    @Test("SDK-01: the C library takes nothing from malformed replies, under sanitizers")
    func parsing() throws {
        let program = FileManager.default.temporaryDirectory.path + "/perennial-parsing-\(getpid())"
        let sources = Places.top + "/Sources/CGreengrassSDK"
        let files = try FileManager.default.contentsOfDirectory(atPath: sources).filter { $0.hasSuffix(".c") }
        let sanitizers = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I\(sources)"]
        try NativeProgram.compile(
            sanitizers + [NativeProgram.source("parsing")] + files.map { "\(sources)/\($0)" }, to: program)
        defer { try? FileManager.default.removeItem(atPath: program) }
        let result = try CommandResult.run([program])
        #expect(result.succeeded && result.output == ["0 failures"], "\(result)")
    }

    /// By version node, as the public SDK's stub exports them (docs/native-functions.md).
    private static let symbols: [(version: String, names: String)] = [
        (
            "1.0",
            """
            gg_global_init gg_log gg_request_init gg_request_close gg_request_read gg_runtime_start \
            gg_lambda_handler_read \
            gg_lambda_handler_write_response gg_lambda_handler_write_error gg_invoke gg_publish gg_get_thing_shadow \
            gg_update_thing_shadow gg_delete_thing_shadow
            """
        ), ("1.1", "gg_get_secret_value"),
        (
            "1.2",
            """
            gg_publish_options_init gg_publish_options_free gg_publish_options_set_queue_full_policy \
            gg_publish_with_options
            """
        ),
    ]

    @Test("SDK-01: the C library exports the public SDK's symbols under its version nodes, and needs libc alone")
    func symbols() throws {
        let library = try NativeProgram.library.get()
        let exported = try CommandResult.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library])
        let found = exported.output.compactMap { $0.split(separator: " ").last.map(String.init) }
            .filter { $0.hasPrefix("gg") }
        let expected = Self.symbols.flatMap { version, names in
            names.split(separator: " ").map { "\($0)@@aws_greengrass_core_sdk_c_\(version)" }
        }
        #expect(Set(found) == Set(expected))
        let dynamic = try CommandResult.run(["readelf", "-dW", library]).text
        #expect(dynamic.contains("Library soname: [libaws-greengrass-core-sdk-c.so]"))
        let needed = dynamic.split(separator: "\n").filter { $0.contains("(NEEDED)") }
        #expect(needed.count == 2 && dynamic.contains("[libc.so.6]") && dynamic.contains("[libpthread.so.0]"))
        // A reference with a version would need a glibc at least as new as this machine's.
        #expect(try !CommandResult.run(["readelf", "-VW", library]).text.contains("GLIBC_"))
    }

    @Test("LAM-02, LAM-09, SDK-01: the example in Swift hears, publishes, logs, and answers who invokes it")
    func thermostat() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var thermostat = GroupFolder.Function(name: "Thermostat", code: "", pinned: true, encoding: "binary")
            thermostat.runtime = "executable"
            thermostat.handler = "thermostat"
            thermostat.withSDK = false
            thermostat.variables = ["LIMIT": "20"]
            thermostat.files = ["thermostat": Places.top + "/.build/debug/thermostat"]
            let arn = GroupFolder.functionARN("Thermostat")
            group.functions = [thermostat, try function("Caller", "caller", in: core, variables: ["INVOKEE": arn])]
            group.subscriptions = [
                (.device("sensor"), "readings/+", .function("Thermostat")),
                (.function("Thermostat"), "heating/+", .device("sensor")),
                (.device("sensor"), "ask", .function("Caller")), (.function("Caller"), "answer", .device("sensor")),
            ]
            try core.start(group, devices: "sensor")
            let sensor = try core.device(.paho, "sensor", subscribe: "#")
            for (celsius, heating) in [("19.5", "on"), ("20.5", "off"), ("21", nil), ("12", "on")] {
                try sensor.publish("readings/hall", "{\"celsius\": \(celsius)}")
                guard let heating else { continue }
                #expect(try sensor.receive() == Device.Message(topic: "heating/hall", payload: heating))
            }
            try sensor.publish("readings/hall", "cold")
            let log = core.userLog("Thermostat")
            _ = try core.line(in: log, containing: "[WARN]-expected {\"celsius\": NUMBER} on readings/hall, got cold")
            try sensor.publish("ask", "how many?")
            #expect(try sensor.receive().payload == "0 0 10 4 readings")
            _ = try core.line(in: log, containing: "[INFO]-\(arn) keeps rooms below 20 degrees")
        }
    }
}
