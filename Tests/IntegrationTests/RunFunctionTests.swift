import Foundation
import Testing

/// `greengrassd run-function`: one function, no group, the protocol of a core.
@Suite("A function alone")
struct RunFunctionTests {
    private static let code = """
        import logging
        import os
        import sys
        import time

        import greengrasssdk

        client = greengrasssdk.client('iot-data')
        calls = 0


        def function_handler(event, context):
            global calls
            calls += 1
            if event.get('fail'):
                raise ValueError('no number')
            if event.get('die'):
                sys.stderr.write('about to die\\n')
                os._exit(3)
            while event.get('hang'):
                time.sleep(10)
            custom = context.client_context.custom if context.client_context else {}
            client.publish(topic='doubled', payload=str(event.get('number', 0) * 2))
            print('said on stdout')
            return {'calls': calls, 'subject': custom.get('subject'), 'unit': os.environ.get('UNIT')}
        """

    private func run(
        _ code: String, _ words: String..., file: String = "doubler.py",
        _ check: (CommandResult) throws -> Void
    ) throws {
        try CoreUnderTest.run { core in
            let folder = core.groupFolder + "/doubler"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Child.whileNoneStarts {
                try code.write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
            }
            if code.hasPrefix("#!") { chmod("\(folder)/\(file)", 0o755) }
            try FileManager.default.copyItem(
                atPath: Places.pythonPackage("greengrasssdk"), toPath: folder + "/greengrasssdk")
            try check(try core.plainCommand(["run-function", folder] + words))
        }
    }

    @Test("LAM-24, LAM-09, LAM-11, LOG-07: events in; results out, logs and publishes on standard error")
    func events() throws {
        try run(
            Self.code, "--event", #"{"number": 21}"#, "--event", "{}", "--topic", "sensor/1", "--env", "UNIT=°C"
        ) { result in
            #expect(result.succeeded, "\(result)")
            #expect(
                result.output == [
                    #"{"calls": 1, "subject": "sensor/1", "unit": "\u00b0C"}"#,
                    #"{"calls": 2, "subject": "sensor/1", "unit": "\u00b0C"}"#,
                ], "\(result)")
            #expect(result.errors.contains("published doubled: 42"))
            #expect(result.errors.contains { $0.contains("[INFO]-") && $0.hasSuffix("said on stdout") }, "\(result)")
            #expect(result.errors.contains { $0.contains("Running doubler.function_handler as python3.7") })
        }
    }

    @Test("SDK-03: an error of the handler is its result, and the exit code")
    func handled() throws {
        try run(Self.code, "--event", #"{"fail": true}"#) { result in
            #expect(result.exit == .code(1))
            #expect(result.output.joined().contains("no number"), "\(result)")
            #expect(result.errors.contains("The handler failed (FunctionError Handled)."))
        }
    }

    @Test(
        "LAM-05, SDK-03: a function that dies leaves its exit code and its last words, and the next event a new process"
    )
    func dies() throws {
        try run(Self.code, "--event", #"{"die": true}"#, "--event", "{}") { result in
            #expect(result.exit == .code(1))
            #expect(result.output.count == 2, "\(result)")
            #expect(result.output.first?.contains("exited with code 3") == true, "\(result)")
            #expect(result.output.first?.contains("about to die") == true, "\(result)")
            #expect(result.output.last?.contains(#""calls": 1"#) == true, "\(result)")
        }
    }

    @Test("LAM-05: what a function leaves behind ends with it, daemons too")
    func daemon() throws {
        let mark = "left-behind-\(getpid())"
        let code = """
            import os


            def function_handler(event, context):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.closerange(0, 64)
                        os.execve('/bin/sleep', ['\(mark)', '1000'], {})
                    os._exit(0)
                os.wait()
                return 'left one'
            """
        try run(code, "--event", "{}") { result in
            #expect(result.output == [#""left one""#], "\(result)")
            #expect(ProcessTable.all().filter { $0.commandLine.hasPrefix(mark) }.isEmpty)
        }
    }

    @Test("LAM-06: the timeout is that of a core")
    func timeout() throws {
        try run(Self.code, "--timeout", "1", "--event", #"{"hang": true}"#) { result in
            #expect(result.exit == .code(1))
            #expect(result.output.joined().contains("Task timed out after 1.00 seconds"), "\(result)")
        }
    }

    @Test("LAM-01: a runtime and a program that are not there are told with what to write on this command line")
    func interpreter() throws {
        try run(Self.code, "--runtime", "python9.9", "--handler", "doubler.function_handler") { result in
            #expect(result.text.contains("python9.9 is no runtime; known are python2.7"), "\(result)")
        }
        try run(Self.code, "--interpreter", "/nowhere/python") { result in
            #expect(result.exit == .code(1))
            #expect(result.text.contains("--interpreter names /nowhere/python"), "\(result)")
            #expect(!result.text.contains("config.json"), "\(result)")
        }
    }

    @Test("LAM-05: the traceback of a failed import is in the record")
    func failedImport() throws {
        let code = "import not_installed_anywhere\n\n\ndef function_handler(event, context):\n    pass\n"
        try run(code) { result in
            #expect(result.exit == .code(1))
            let text = result.output.joined()
            #expect(text.contains("Traceback") && text.contains("not_installed_anywhere"), "\(result)")
        }
    }

    @Test("LAM-02, LAM-10: an executable is found, and gets its arguments")
    func executable() throws {
        let code = "#!/bin/sh\necho \"arguments: $1 and $2\"\nexit 4\n"
        try run(code, "--args", "one 'two words'", file: "reader") { result in
            #expect(result.exit == .code(1))
            #expect(result.errors.contains { $0.hasSuffix("[INFO]-arguments: one and two words") }, "\(result)")
            #expect(result.output.joined().contains("exited with code 4"), "\(result)")
        }
    }

    @Test("LAM-11: what cannot be run is told with what to write")
    func mistakes() throws {
        try run("x = 1\n") { result in
            #expect(result.exit == .code(1))
            #expect(result.text.contains("--handler greengrass_app.function_handler"), "\(result)")
        }
        try run(Self.code, "--handler", "other.main") { result in
            #expect(result.text.contains("no file for the handler other.main"), "\(result)")
        }
        try CoreUnderTest.run { core in
            let result = try core.plainCommand(["run-function", "/nowhere"])
            #expect(result.text.contains("There is no folder /nowhere"), "\(result)")
            #expect(try core.plainCommand(["run-function"]).exit == .code(2))
            #expect(try core.plainCommand(["run-function", "--help"]).text.contains("--event-file FILE"))
            let left = try FileManager.default.contentsOfDirectory(atPath: "/tmp").filter {
                $0.hasPrefix("greengrass-run-")
            }
            // Those of tests beside this one are there while their commands run.
            let orphans = left.filter { name in
                let process = Int32(name.split(separator: "-").dropLast().last ?? "") ?? 0
                return kill(process, 0) != 0 && FileManager.default.fileExists(atPath: "/tmp/" + name)
            }
            #expect(orphans.isEmpty)
        }
    }
}
