import Foundation
import Testing

@Suite("Node.js functions")
struct NodeFunctionsTests {
    private func function(
        _ name: String, _ code: String, pinned: Bool = true, timeout: Int = 30, encoding: String = "json",
        variables: [String: String] = [:]
    ) -> GroupFolder.Function {
        // The SDK's stand-in lies where its users put the public one.
        let sdk = Places.top + "/Tests/RuntimeTests/nodejs/sdk/aws-greengrass-core-sdk"
        return GroupFolder.Function(
            name: name, code: code, pinned: pinned, timeout: timeout, encoding: encoding, variables: variables,
            handler: "index.handler", runtime: "nodejs8.10", files: ["node_modules/aws-greengrass-core-sdk": sdk],
            file: "index.js", withSDK: false)
    }

    @Test(
        "LAM-01, LAM-08, SDK-01, SDK-06: device to Node.js function to a second device, by callbacks and the SDK",
        arguments: [true, false])
    func throughAFunction(pinned: Bool) throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [
                function("Echo", NodeCode.echo, pinned: pinned, variables: ["TARGET_TOPIC": "summary/room"])
            ]
            group.subscriptions = [
                (.device("sensor"), "readings/#", .function("Echo")),
                (.function("Echo"), "summary/+", .device("display")),
            ]
            try core.start(group, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "summary/#")
            let sensor = try core.device(.aws, "sensor")
            try sensor.publish("readings/temperature", #"{"celsius":21.5}"#)
            let expected = #"{"event":{"celsius":21.5},"subject":"readings/temperature"}"#
            #expect(try display.receive() == Device.Message(topic: "summary/room", payload: expected))
            _ = try core.line(in: core.userLog("Echo"), containing: #"[INFO]-got {"celsius":21.5}"#)
            // This machine's Node.js is not called nodejs8.10, which is told.
            _ = try core.line(in: core.systemLog, containing: "asks for nodejs8.10 and runs on /usr/bin/node")
        }
    }

    @Test("LAM-05: the SDK's hello world in Node.js, pinned, publishes from an interval without being called")
    func helloWorld() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [function("HelloWorld_Node", NodeCode.helloWorld, variables: ["INTERVAL": "200"])]
            group.subscriptions = [(.function("HelloWorld_Node"), "hello/world", .device("listener"))]
            try core.start(group, devices: "listener")
            let listener = try core.device(.aws, "listener", subscribe: "hello/world")
            for _ in 1...3 {
                let payload = try listener.receive().payload
                #expect(payload == "Hello world! Sent from Greengrass Core running on platform: Linux.")
            }
        }
    }

    @Test("LOG-07: what a Node.js function says on its console and its streams is in its log, at V1's levels")
    func levels() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [function("Talker", NodeCode.talker)]
            group.subscriptions = [(.device("asker"), "talk", .function("Talker"))]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker")
            try asker.publish("talk", "{}")
            for (text, level) in [
                ("by log", "INFO"), ("by info", "INFO"), ("by debug", "DEBUG"), ("by warn", "WARN"),
                ("by error", "ERROR"), ("on stdout", "INFO"), ("on stderr", "ERROR"),
            ] {
                _ = try core.line(in: core.userLog("Talker"), containing: "[\(level)]-said \(text)")
            }
        }
    }

    @Test("LAM-27, SDK-03: a Node.js function invokes another one; result, context, errors and crashes come back")
    func invoke() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            let invokees = [
                "double": function("Doubler", NodeCode.doubler, pinned: false),
                "end": function("Ender", NodeCode.ender, pinned: false, timeout: 8),
                "bytes": function("Binary", NodeCode.binary, pinned: false, encoding: "binary"),
            ]
            for (topic, invokee) in invokees {
                let invoker = "Invoker_" + topic
                let arn = GroupFolder.functionARN(invokee.name)
                group.functions += [invokee, function(invoker, NodeCode.invoker, variables: ["INVOKEE_ARN": arn])]
                group.subscriptions += [
                    (.device("asker"), topic, .function(invoker)), (.function(invoker), "answer", .device("asker")),
                ]
            }
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "answer")
            func answer(_ topic: String, _ payload: String) throws -> String {
                try asker.publish(topic, payload)
                return try asker.receive().payload
            }
            let doubled = try answer("double", #"{"number":21}"#)
            #expect(doubled.hasPrefix(#"{"FunctionError":"","StatusCode":200,"Payload":"#), "\(doubled)")
            #expect(doubled.contains(#"\"double\":42,\"custom\":{\"customData\":\"from the invoker\"}"#), "\(doubled)")
            let failed = try answer("double", #"{"letter":"x"}"#)
            #expect(
                failed.contains(#""FunctionError":"Handled""#) && failed.contains("there is no number"), "\(failed)")
            #expect(failed.contains(#"\"errorType\":\"TypeError\""#), "\(failed)")
            #expect(try answer("bytes", "[1]").contains(#""Payload":"buffer [1]""#))
            for (letter, words) in [
                ("exit", "exited with code 7"), ("uncaught", "nobody caught me"), ("hang", "timed out after 8.00"),
            ] {
                let ended = try answer("end", #"{"letter":"\#(letter)"}"#)
                #expect(ended.contains(#""FunctionError":"Unhandled""#) && ended.contains(words), "\(ended)")
            }
            let large = try answer("end", #"{"letter":"large"}"#)
            #expect(large.contains(#""FunctionError":"Handled""#) && large.contains("too large"), "\(large)")
            #expect(try answer("end", #"{"letter":""}"#).contains(#"\"well\""#))
        }
    }

    @Test("LAM-01: config.json names another Node.js for a runtime; one that is not there is told with what to do")
    func interpreter() throws {
        try CoreUnderTest.run { core in
            let folder = (core.root as NSString).deletingLastPathComponent
            let program = folder + "/my-node"
            try Child.whileNoneStarts {
                try "#!/bin/sh\nMY_NODE=yes exec node \"$@\"\n".write(
                    toFile: program, atomically: true, encoding: .utf8)
            }
            chmod(program, 0o755)
            try core.configure { configuration in
                var runtime = configuration["runtime"] as? [String: Any] ?? [:]
                runtime["interpreters"] = ["nodejs8.10": program, "nodejs12.x": "/nowhere/node"]
                configuration["runtime"] = runtime
            }
            var group = GroupFolder()
            let code =
                "exports.handler = (e, c, callback) => callback(); console.log(`MY_NODE=${process.env.MY_NODE}`);"
            group.functions = [function("Mine", code), function("Lost", code)]
            group.functions[1].runtime = "nodejs12.x"
            group.subscriptions = [(.device("asker"), "ask", .function("Mine"))]
            try core.start(group, devices: "asker")
            _ = try core.line(in: core.userLog("Mine"), containing: "[INFO]-MY_NODE=yes")
            let line = try core.line(in: core.systemLog, containing: "for runtime nodejs12.x")
            #expect(line.contains("config.json names /nowhere/node") && line.contains(#""interpreters""#), "\(line)")
        }
    }

    @Test(
        "LAM-01, LAM-13: a Node.js function in a container finds its package, modules and the core where V1 has them")
    func inAContainer() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            let code = """
                const child = require('child_process');
                const { Worker } = require('worker_threads');
                console.log(`in ${process.cwd()} with ${process.env.NODE_PATH}`);
                child.exec('echo said by a child', (error, output) => console.log(output));
                new Worker("console.log('said by a thread')", { eval: true });
                """
            var echo = function("Echo", "\(code)\n\(NodeCode.echo)", variables: ["TARGET_TOPIC": "echo"])
            echo.memory = 262_144
            group.functions = [echo]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Echo")), (.function("Echo"), "echo", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "echo")
            try asker.publish("ask", "[1]")
            #expect(try asker.receive().payload == #"{"event":[1],"subject":"ask"}"#)
            for line in [
                "in /lambda with /lambda:/runtime/nodejs/node_modules:/lambda/node_modules", "said by a child",
                "said by a thread",
            ] {
                _ = try core.line(in: core.userLog("Echo"), containing: "[INFO]-\(line)")
            }
        }
    }
}
