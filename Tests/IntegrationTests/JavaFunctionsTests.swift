import Foundation
import Testing

/// One machine after the other: each takes a good part of a small computer's memory.
@Suite("Java functions", .serialized)
struct JavaFunctionsTests {
    private func function(
        _ name: String, _ handler: String, classes: String, pinned: Bool = true, encoding: String = "json",
        variables: [String: String] = [:]
    ) -> GroupFolder.Function {
        GroupFolder.Function(
            name: name, code: "", pinned: pinned, timeout: 30, encoding: encoding, variables: variables,
            handler: "functions.\(handler)", runtime: "java8", files: ["functions": classes + "/functions"],
            withSDK: false)
    }

    /// Compiles the functions of the runtime's tests, against the core's jars as their authors would; a prepared tree has
    /// them compiled.
    static func compile(_ core: CoreUnderTest) throws -> String {
        if let prepared = Places.prepared { return prepared + "/.build/java-functions" }
        let folder = (core.root as NSString).deletingLastPathComponent + "/classes"
        let sources = Places.top + "/Tests/RuntimeTests/java/functions"
        let jars = Places.top + "/Sources/Runtimes/java8"
        let names = try FileManager.default.contentsOfDirectory(atPath: sources).sorted()
        let answer = try CommandResult.run(
            [
                "/usr/bin/javac", "--release", "8", "-Xlint:-options", "-d", folder, "-cp",
                "\(jars)/greengrass-java-runtime.jar:\(jars)/interfaces/aws-lambda-interfaces.jar",
            ] + names.map { "\(sources)/\($0)" })
        guard answer.succeeded else {
            throw HarnessError("javac failed (scripts/java-runtime makes the jars): \(answer)")
        }
        return folder
    }

    @Test("LAM-01, LAM-08, SDK-06, LOG-07: device to Java function to a second device; what it says is in its log")
    func throughAFunction() throws {
        try CoreUnderTest.run { core in
            let classes = try Self.compile(core)
            var group = GroupFolder()
            group.functions = [
                function("Echo", "Relay::echo", classes: classes, variables: ["TARGET_TOPIC": "summary/room"])
            ]
            group.subscriptions = [
                (.device("sensor"), "readings/#", .function("Echo")),
                (.function("Echo"), "summary/+", .device("display")),
            ]
            try core.start(group, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "summary/#")
            let sensor = try core.device(.aws, "sensor")
            for celsius in ["21.5", "22.0"] {
                try sensor.publish("readings/temperature", #"{"celsius":\#(celsius)}"#)
                let expected = "readings/temperature \(celsius)"
                #expect(try display.receive() == Device.Message(topic: "summary/room", payload: expected))
            }
            for (text, level) in [
                ("on standard output", "INFO"), ("on standard error", "ERROR"), ("to the context's logger", "INFO"),
                ("at debug", "DEBUG"), ("at warn", "WARN"),
            ] {
                _ = try core.line(in: core.userLog("Echo"), containing: "[\(level)]-said \(text)")
            }
            _ = try core.line(in: core.systemLog, containing: "asks for java8 and runs on /usr/bin/java")
        }
    }

    @Test(
        "LAM-01, LAM-07, LAM-13: a Java function in a container has a heap that its memory holds")
    func inAContainer() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var heap = function(
                "Heap", "Relay::heap", classes: try Self.compile(core), variables: ["TARGET_TOPIC": "heap"])
            heap.memory = 131_072
            group.functions = [heap]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Heap")), (.function("Heap"), "heap", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "heap")
            try asker.publish("ask", "{}")
            let answer = try asker.receive().payload.split(separator: " ")
            let most = Int(answer.first ?? "") ?? .max
            #expect(most <= 131_072 * 1024, "\(answer)")
            #expect(answer.last == "/lambda")
        }
    }

    @Test("LAM-27, SDK-03: a Java function invokes another one; result, errors, crashes and bytes come back")
    func invoke() throws {
        try CoreUnderTest.run { core in
            let classes = try Self.compile(core)
            var group = GroupFolder()
            group.functions = [
                function("Ends", "Ends::handle", classes: classes, pinned: false),
                function("Bytes", "Relay::bytes", classes: classes, encoding: "binary"),
            ]
            for target in ["Ends", "Bytes"] {
                let arn = GroupFolder.functionARN(target)
                let name = "Invoker_" + target
                group.functions.append(
                    function(name, "Relay::invoke", classes: classes, variables: ["INVOKEE_ARN": arn]))
                group.subscriptions += [
                    (.device("asker"), target, .function(name)), (.function(name), "answer", .device("asker")),
                ]
            }
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "answer")
            func answer(_ topic: String, _ payload: String) throws -> String {
                try asker.publish(topic, #"{"payload":"\#(payload)"}"#)
                return try asker.receive().payload
            }
            #expect(try answer("Ends", #"{\"do\":\"\"}"#) == #"[, 200, "well"]"#)
            let thrown = try answer("Ends", #"{\"do\":\"throw\"}"#)
            #expect(
                thrown.hasPrefix(#"[Handled, 200, {"errorMessage":"thrown: grüße","errorType":"java.lang."#),
                "\(thrown)")
            let ended = try answer("Ends", #"{\"do\":\"exit\"}"#)
            #expect(ended.hasPrefix("[Unhandled, 200, ") && ended.contains("exited with code 7"), "\(ended)")
            #expect(try answer("Bytes", "ab") == "[, 200, sum 195]")
        }
    }
}
