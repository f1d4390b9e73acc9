import Foundation
import Testing

@Suite("Functions")
struct FunctionsTests {
    private func function(
        _ name: String, _ code: String, pinned: Bool = true, timeout: Int = 30, encoding: String = "json",
        variables: [String: String] = [:]
    ) -> GroupFolder.Function {
        GroupFolder.Function(
            name: name, code: code, pinned: pinned, timeout: timeout, encoding: encoding, variables: variables)
    }

    @Test(
        "MSG-08, LAM-05, LAM-09, LAM-24, SDK-01, SDK-06: device to function to a second device, by the unmodified SDK",
        arguments: [true, false])
    func throughAFunction(pinned: Bool) throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [
                function("Echo", FunctionCode.echo, pinned: pinned, variables: ["TARGET_TOPIC": "summary/room"])
            ]
            group.subscriptions = [
                (.device("sensor"), "readings/#", .function("Echo")),
                (.function("Echo"), "summary/+", .device("display")),
            ]
            try core.start(group, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "summary/#")
            let sensor = try core.device(.aws, "sensor")
            try sensor.publish("readings/temperature", #"{"celsius": 21.5}"#)
            let expected = #"{"event": {"celsius": 21.5}, "subject": "readings/temperature"}"#
            #expect(try display.receive() == Device.Message(topic: "summary/room", payload: expected))
        }
    }

    @Test("LAM-05: a pinned function keeps its process and its globals, and handles one message after the other")
    func pinnedKeepsState() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [function("Counter", FunctionCode.counter)]
            group.subscriptions = [
                (.device("trigger"), "trigger", .function("Counter")),
                (.function("Counter"), "count", .device("display")),
            ]
            try core.start(group, devices: "trigger", "display")
            let display = try core.device(.paho, "display", subscribe: "count")
            let trigger = try core.device(.paho, "trigger")
            for _ in 1...5 { try trigger.publish("trigger", "{}") }
            var pids: Set<String> = []
            for calls in 1...5 {
                let payload = try display.receive().payload
                #expect(payload.hasPrefix(#"{"calls": \#(calls), "#))
                pids.insert(String(payload.split(separator: " ").last ?? ""))
            }
            #expect(pids.count == 1)
        }
    }

    @Test(
        "LAM-04, TUT-02: on demand, quick triggers have a process and a count each; later an idle process is used again"
    )
    func onDemandLifecycle() throws {
        try CoreUnderTest.run { core in
            // As the guide's counter, slower than the triggers come: no call ends before all three have counted.
            let release = core.root + "/release"
            let slowly =
                FunctionCode.counter + """

                        while not os.path.exists('\(release)'): time.sleep(0.01)
                        client.publish(topic='done', payload='done')

                    """
            var group = GroupFolder()
            group.functions = [function("Counter", "import time\n" + slowly, pinned: false)]
            group.subscriptions = [
                (.device("trigger"), "trigger", .function("Counter")), (.function("Counter"), "+", .device("display")),
            ]
            try core.start(group, devices: "trigger", "display")
            let display = try core.device(.paho, "display", subscribe: "+")
            let trigger = try core.device(.paho, "trigger")
            for _ in 1...3 { try trigger.publish("trigger", "{}") }
            var counts: [String] = []
            for _ in 1...3 { counts.append(try display.receive().payload) }
            #expect(Set(counts).count == 3, "a process each: \(counts)")
            #expect(counts.allSatisfy { $0.hasPrefix(#"{"calls": 1, "#) }, "\(counts)")
            #expect(FileManager.default.createFile(atPath: release, contents: nil))
            for _ in 1...3 { #expect(try display.receive().topic == "done") }
            // A worker is idle an instant after its handler's last message; one trigger may come too early.
            var last = ""
            for _ in 1...5 where !last.hasPrefix(#"{"calls": 2, "#) {
                try trigger.publish("trigger", "{}")
                last = try display.receive().payload
                _ = try display.receive()
            }
            #expect(last.hasPrefix(#"{"calls": 2, "#), "\(last)")
        }
    }

    @Test("LAM-27: a function invokes another one and gets its answer, or its error")
    func invoke() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [
                function(
                    "Invoker", FunctionCode.invoker, variables: ["INVOKEE_ARN": GroupFolder.functionARN("Doubler")]),
                function("Doubler", FunctionCode.doubler, pinned: false),
            ]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Invoker")),
                (.function("Invoker"), "answer", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "answer")
            try asker.publish("ask", #"{"number": 21}"#)
            #expect(try asker.receive().payload == #"{"body": {"double": 42}, "error": ""}"#)
            try asker.publish("ask", #"{"letter": "x"}"#)
            let failure = try asker.receive().payload
            #expect(failure.contains(#""error": "Handled""#))
            #expect(failure.contains("number"))
        }
    }

    @Test("TUT-01, SDK-04: the guide's hello world, pinned, publishes from a timer without being called")
    func helloWorld() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [
                function("Greengrass_HelloWorld", FunctionCode.helloWorld, variables: ["INTERVAL": "0.3"])
            ]
            group.subscriptions = [(.function("Greengrass_HelloWorld"), "hello/world", .device("listener"))]
            try core.start(group, devices: "listener")
            let listener = try core.device(.aws, "listener", subscribe: "hello/world")
            for _ in 1...3 {
                let message = try listener.receive()
                #expect(message.topic == "hello/world")
                #expect(message.payload.hasPrefix("Hello world! Sent from Greengrass Core running on platform: Linux"))
            }
        }
    }

    @Test("LAM-06: a handler that runs past its timeout is ended, the log says so, and the next message is handled")
    func timeout() throws {
        try CoreUnderTest.run { core in
            let code = """
                import os
                import time

                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    while event['hang']:
                        time.sleep(60)
                    client.publish(topic='done', payload='done')
                """
            var group = GroupFolder()
            group.functions = [function("Sleeper", code, timeout: 1)]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Sleeper")), (.function("Sleeper"), "done", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "done")
            try asker.publish("ask", #"{"hang": true}"#)
            try asker.publish("ask", #"{"hang": false}"#)
            #expect(try asker.receive().payload == "done")
            _ = try core.line(in: core.systemLog) { $0.contains("Sleeper") && $0.lowercased().contains("time") }
        }
    }

    @Test(
        "LAM-16, LAM-17: a function runs as its RunAs says, else as a user who is neither root nor the core's; all of them as whoever started a core that is not root's"
    )
    func runAs() throws {
        try CoreUnderTest.run { core in
            let code = """
                import os

                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    client.publish(topic='ids', payload='{} {}'.format(os.getuid(), os.getgid()))
                """
            var group = GroupFolder()
            group.functions = [function("Named", code), function("Default", code)]
            group.functions[0].runAs = (54321, 54322)
            group.subscriptions = [
                (.device("asker"), "named", .function("Named")), (.device("asker"), "default", .function("Default")),
                (.function("Named"), "ids", .device("asker")), (.function("Default"), "ids", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "ids")
            try asker.publish("named", "{}")
            let own = "\(geteuid()) \(getegid())"
            #expect(try asker.receive().payload == (Expectation.has(.users) ? "54321 54322" : own))
            try asker.publish("default", "{}")
            let answer = try asker.receive().payload
            guard Expectation.has(.users) else {
                #expect(answer == own)
                _ = try core.line(
                    in: core.logFolder + "/supervisor.log", containing: "the core and all functions run as user")
                return
            }
            let user = answer.split(separator: " ").first.map(String.init)
            let cores = ProcessTable.naming(core.root).filter { $0.commandLine.contains("greengrassd") }.map(\.user)
            #expect(user != "0")
            #expect(cores.contains { $0 != "0" }, "the core runs as a user of its own")
            #expect(!cores.contains { $0 == user }, "\(cores)")
        }
    }

    @Test("MSG-13, LAM-08: a binary function gets the bytes as they are, a json function the parsed value")
    func encodings() throws {
        try CoreUnderTest.run { core in
            let code = """
                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    client.publish(topic='type', payload='{} {!r}'.format(type(event).__name__, event))
                """
            var group = GroupFolder()
            group.functions = [
                function("Binary", code, encoding: "binary"), function("Parsed", code, encoding: "json"),
            ]
            group.subscriptions = [
                (.device("asker"), "to/binary", .function("Binary")),
                (.device("asker"), "to/json", .function("Parsed")),
                (.function("Binary"), "type", .device("asker")), (.function("Parsed"), "type", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "type")
            try asker.publish("to/binary", "{\"not json")
            #expect(try asker.receive().payload == "bytes b'{\"not json'")
            try asker.publish("to/json", "[1, 2]")
            #expect(try asker.receive().payload == "list [1, 2]")
        }
    }

    @Test("MSG-13, LAM-27: a function sends another one bytes that are no text, by a message and by an invocation")
    func binaryBetweenFunctions() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            let sender = """
                import os

                import greengrasssdk

                messages = greengrasssdk.client('iot-data')
                functions = greengrasssdk.client('lambda')


                def function_handler(event, context):
                    if event == 'message':
                        messages.publish(topic='bytes', payload=b'\\x00\\xff{"')
                    else:
                        functions.invoke(
                            FunctionName=os.environ['INVOKEE_ARN'], InvocationType='Event', Payload=b'\\xfe\\x00]')
                """
            let receiver = """
                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    client.publish(topic='type', payload='{} {}'.format(type(event).__name__, event.hex()))
                """
            group.functions = [
                function("Sender", sender, variables: ["INVOKEE_ARN": GroupFolder.functionARN("Receiver")]),
                function("Receiver", receiver, encoding: "binary"),
            ]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Sender")), (.function("Sender"), "bytes", .function("Receiver")),
                (.function("Receiver"), "type", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "type")
            try asker.publish("ask", #""message""#)
            #expect(try asker.receive().payload == "bytes 00ff7b22")
            try asker.publish("ask", #""invocation""#)
            #expect(try asker.receive().payload == "bytes fe005d")
        }
    }
}
