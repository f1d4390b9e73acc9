import Foundation
import Group
import Linux
import Messaging
import Testing

@testable import Functions

/// Real interpreters with the core's own Python runtime against the real endpoint.
@Suite("Python workers", .serialized)
struct PythonWorkerTests {
    /// Two functions: Alarm, pinned, publishes for each message; Echo, on demand, does what its event says.
    private final class Setting {
        let harness: ServiceHarness
        let launcher: ProcessLauncher

        init(timeout: Int64 = 10) throws {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let runtimes = tests.appendingPathComponent("../../Sources/Runtimes").standardized.path
            // The launcher needs the harness's reactor, the harness a launcher.
            let slot = LauncherSlot()
            harness = try ServiceHarness(launcher: slot, runtimeRoot: runtimes) { definitions in
                for index in definitions.indices {
                    guard let runtime = Runtime(name: "python3.7") else { continue }
                    definitions[index].runtime = runtime
                    definitions[index].timeoutSeconds = timeout
                }
                definitions[0].handler = "alarm.handle"
                definitions[1].handler = "echo.handle"
            }
            launcher = ProcessLauncher(reactor: harness.reactor)
            launcher.service = harness.service
            slot.launcher = launcher
            try write("alarm.py", of: 0, Self.alarm)
            try write("echo.py", of: 1, Self.echo)
        }

        func write(_ name: String, of index: Int, _ text: String) throws {
            try Files.writeAtomically(
                "\(harness.folder)/lambda/\(ServiceHarness.arns[index])/\(name)", Array(text.utf8), mode: 0o644)
        }

        func send(_ payload: String, to index: Int = 0) {
            harness.router.publish(
                Message(topic: Array("in/\(index)".utf8), payload: Array(payload.utf8), source: .device("screen")))
        }

        /// Every test ends so: with no process left.
        func stop() throws {
            var isStopped = false
            harness.service.stop { isStopped = true }
            #expect(try harness.until { isStopped })
            #expect(launcher.running.isEmpty)
        }

        var received: [String] { harness.inbox.messages.map(\.payload.text) }

        static let alarm = """
            import base64, json, os
            from greengrass_ipc_python_sdk.ipc_client import IPCClient
            client = IPCClient()
            count = 0

            def publish(topic, payload):
                context = {'custom': {'source': os.environ['MY_FUNCTION_ARN'], 'subject': topic}}
                client.post_work(
                    os.environ['ROUTER_FUNCTION_ARN'], payload, base64.b64encode(json.dumps(context).encode()), 'Event')

            def invoke(event):
                target = os.environ['MY_FUNCTION_ARN'].replace('Alarm', 'Echo')
                id = client.post_work(target, json.dumps(event), '', 'RequestResponse')
                result = client.get_work_result(target, id)
                return '{}:{}'.format(result.func_err, result.payload.decode())

            def handle(event, context):
                global count
                count += 1
                print('got', event)
                if 'invoke' in event:
                    publish('out/result', invoke(event['invoke']))
                else:
                    publish('out/answer', json.dumps([count, event, context.client_context.custom['subject']]))
            """

        static let echo = """
            import os, sys, time
            count = 0

            def handle(event, context):
                global count
                count += 1
                what = event.get('do')
                if what == 'raise':
                    raise ValueError('not today')
                if what == 'exit':
                    sys.stderr.write('the end is near\\n')
                    os._exit(7)
                if what == 'hang':
                    time.sleep(600)
                return {'count': count, 'event': event}
            """
    }

    @Test("LAM-05, SDK-04: messages go to a pinned function in order, its globals stay, its answers are routed")
    func pinned() throws {
        let setting = try Setting()
        try setting.harness.service.start()
        for number in 1...3 { setting.send("{\"n\": \(number)}") }
        #expect(try setting.harness.until { setting.received.count == 3 })
        #expect(setting.received == (1...3).map { #"[\#($0), {"n": \#($0)}, "in/0"]"# })
        #expect(try setting.harness.functionLog("Alarm").contains("[INFO]-alarm.py:20,got {'n': 1}\n"))
        #expect(try setting.harness.systemLog().contains("asks for python3.7 and runs on"))
        let status = setting.harness.service.status()[0]
        #expect(status.workers.map(\.processID) == setting.launcher.running)
        #expect(status.counters.invocations == 3)
        try setting.stop()
    }

    @Test("LAM-27: a function invokes another; results, handled errors and crashes come back as they are")
    func invoke() throws {
        let setting = try Setting()
        try setting.harness.service.start()
        for what in ["echo", "echo", "raise", "exit"] { setting.send(#"{"invoke": {"do": "\#(what)"}}"#) }
        #expect(try setting.harness.until { setting.received.count == 4 })
        #expect(setting.received[0] == #":{"count": 1, "event": {"do": "echo"}}"#)
        #expect(setting.received[1] == #":{"count": 2, "event": {"do": "echo"}}"#)
        #expect(setting.received[2].hasPrefix("Handled:{") && setting.received[2].contains("not today"))
        #expect(setting.received[3].hasPrefix(#"Unhandled:{"errorMessage":"#))
        #expect(setting.received[3].contains("exited with code 7") && setting.received[3].contains("the end is near"))
        #expect(try setting.harness.functionLog("Echo").contains("[ERROR]-"))
        try setting.stop()
    }

    @Test("LAM-06: a handler that hangs is killed after its timeout, the caller is told, the next call works")
    func timeout() throws {
        let setting = try Setting(timeout: 2)
        // The caller has to outlive its callee's timeout.
        setting.send(#"{"do": "hang"}"#, to: 1)
        try setting.harness.service.start()
        setting.send(#"{"do": "hang"}"#, to: 1)
        #expect(try setting.harness.until { setting.harness.service.status()[1].counters.timeouts == 1 })
        setting.send(#"{"invoke": {"do": "echo"}}"#)
        #expect(try setting.harness.until { setting.received.count == 1 })
        #expect(setting.received[0].hasPrefix(":{\"count\": 1"))
        #expect(try setting.harness.systemLog().contains("timeout of 2.00 s"))
        try setting.stop()
    }

    @Test("LAM-05: a pinned function that does not import is started again, and one record says why")
    func importError() throws {
        let setting = try Setting()
        try setting.write("alarm.py", of: 0, "import no_such_module\n")
        try setting.harness.service.start()
        #expect(try setting.harness.until { setting.harness.service.status()[0].counters.restarts == 1 })
        let log = try setting.harness.systemLog()
        #expect(log.contains("exited with code 1"))
        #expect(log.contains("no_such_module"))
        // Repaired, it serves.
        try setting.write("alarm.py", of: 0, Setting.alarm)
        setting.send("{}")
        #expect(try setting.harness.until { setting.received.count == 1 })
        try setting.stop()
    }

    @Test("LAM-05: a pinned program that never returns from its import lives until the core stops")
    func endlessImport() throws {
        let setting = try Setting()
        try setting.write("alarm.py", of: 0, "import time\nprint('begun')\nwhile True: time.sleep(0.1)\n")
        try setting.harness.service.start()
        #expect(try setting.harness.until { try setting.harness.functionLog("Alarm").contains("begun") })
        #expect(setting.harness.service.status()[0].workers.count == 1)
        try setting.stop()
    }

    @Test("A function that floods its log neither stops the others nor loses a line")
    func flood() throws {
        let setting = try Setting(timeout: 30)
        try setting.write(
            "echo.py", of: 1, "def handle(event, context):\n  for n in range(20000): print('line', n)\n")
        try setting.harness.service.start()
        setting.send("{}", to: 1)
        #expect(try setting.harness.until { try setting.harness.functionLog("Echo").contains("line ") })
        setting.send("{}")
        #expect(try setting.harness.until { setting.received.count == 1 })
        #expect(try setting.harness.until { setting.harness.service.status()[1].counters.successes == 1 })
        try setting.stop()
        #expect(try setting.harness.functionLog("Echo").hasSuffix("line 19999\n"))
    }
}
