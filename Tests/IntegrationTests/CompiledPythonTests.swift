import Foundation
import Testing

/// Python functions are compiled when they are deployed and not at each start.
@Suite("Compiled Python")
struct CompiledPythonTests {
    /// Publishes the words of a module of its package and of one of the runtime's, and what comes of writing to the places of
    /// either.
    private static let code = """
        import errno
        import json
        import os
        import sys

        import greengrasssdk
        import helper
        from greengrass_runtime import worker

        client = greengrasssdk.client('iot-data')


        def outcome(path):
            try:
                with open(path, 'w'):
                    return 'done'
            except OSError as error:
                return errno.errorcode[error.errno]


        def function_handler(event, context):
            folder = [word.partition('=')[2] for word in sys.argv if word.startswith('--bytecode=')][0]
            found = {
                'helper': helper.WORD, 'worker': worker.__doc__.split(':')[0],
                'new': outcome(folder + '/lambda/new.pyc'),
                'old': outcome(folder + '/lambda/__pycache__/' + os.path.basename(helper.__cached__)),
                'package': sorted(name for name in os.listdir('.') if name.startswith('_')),
                'others': os.path.exists(os.environ['CORE_ROOT'] + '/ggc/deployment/bytecode')}
            client.publish(topic='found', payload=json.dumps(found, sort_keys=True))
        """

    private func group(_ core: CoreUnderTest, memory: Int?) throws -> GroupFolder {
        var function = GroupFolder.Function(name: "Starter", code: Self.code, variables: ["CORE_ROOT": core.root])
        let helper = (core.root as NSString).deletingLastPathComponent + "/helper.py"
        try "WORD = 'taken from source'\n".write(toFile: helper, atomically: true, encoding: .utf8)
        function.files = ["helper.py": helper]
        function.memory = memory
        var group = GroupFolder()
        group.functions = [function]
        group.subscriptions = [
            (.device("asker"), "ask", .function("Starter")), (.function("Starter"), "found", .device("asker")),
        ]
        return group
    }

    /// The folder of compiled code.
    private func folder(_ core: CoreUnderTest) -> String {
        core.root + "/ggc/deployment/bytecode/" + GroupFolder.functionARN("Starter")
    }

    /// Replaces words in a module's compiled file by others of the same length: the source does not have those.
    private func replace(_ words: String, by others: String, in module: String, below folder: String) throws {
        let cache = folder + "/" + (module as NSString).deletingLastPathComponent + "/__pycache__"
        let start = (module as NSString).lastPathComponent + "."
        let names = try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasPrefix(start) }
        #expect(names.count == 1, "\(names)")
        for name in names {
            let url = URL(fileURLWithPath: cache + "/" + name)
            var content = try Data(contentsOf: url)
            let range = try #require(content.range(of: Data(words.utf8)))
            content.replaceSubrange(range, with: Data(others.utf8))
            try content.write(to: url)
        }
    }

    private func found(_ memory: Int?) throws -> [String: Any] {
        var found: [String: Any] = [:]
        try CoreUnderTest.run { core in
            try core.deploy(try group(core, memory: memory), devices: ["asker"])
            let folder = folder(core)
            try replace("taken from source", by: "taken from folder", in: "lambda/helper", below: folder)
            try replace(
                "The life of a worker", by: "Taken from a folder.", in: "runtime/greengrass_runtime/worker",
                below: folder)
            try core.start()
            let asker = try core.device(.paho, "asker", subscribe: "found")
            try asker.publish("ask", "{}")
            let text = try asker.receive().payload
            found = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        }
        #expect(found["helper"] as? String == "taken from folder", "\(found)")
        #expect(found["worker"] as? String == "Taken from a folder.", "\(found)")
        #expect(found["package"] as? [String] == [], "\(found)")
        return found
    }

    @Test("INST-04: a function without a container imports what its deployment compiled; its package stays as it is")
    func plain() throws {
        let found = try found(nil)
        if geteuid() == 0 {
            #expect(found["new"] as? String == "EACCES" && found["old"] as? String == "EACCES", "\(found)")
        }
    }

    @Test(
        "INST-04: a function in a container imports what its deployment compiled, and can write to none of it",
        .enabled(if: geteuid() == 0, "containers need root"))
    func contained() throws {
        let found = try found(65_536)
        #expect(found["new"] as? String == "EROFS" && found["old"] as? String == "EROFS", "\(found)")
        #expect(found["others"] as? Bool == false, "\(found)")
    }

    @Test("A function whose interpreter compiles nothing is deployed all the same, which is told, and runs")
    func none() throws {
        try CoreUnderTest.run { core in
            // It runs workers, and nothing else.
            let folder = (core.root as NSString).deletingLastPathComponent
            let program = folder + "/python3.7"
            try Child.whileNoneStarts {
                try """
                #!/bin/sh
                case "$*" in *ahead.py*) exit 3 ;; esac
                exec python3 "$@"
                """.write(toFile: program, atomically: true, encoding: .utf8)
            }
            chmod(program, 0o755)
            try core.configure { config in
                var runtime = config["runtime"] as? [String: Any] ?? [:]
                runtime["interpreters"] = ["python3.7": program]
                config["runtime"] = runtime
            }
            var function = GroupFolder.Function(name: "Starter", code: FunctionCode.doubler, pinned: true)
            function.withSDK = false
            var group = GroupFolder()
            group.functions = [function]
            let deployed = try core.deployFolder(group)
            #expect(deployed.succeeded)
            let arn = GroupFolder.functionARN("Starter")
            #expect(
                deployed.text.contains(
                    "The Python code of \(arn) could not be compiled ahead, so that each of its starts takes longer: "
                        + "\(program) ended with exit code 3."), "\(deployed)")
            #expect(!FileManager.default.fileExists(atPath: self.folder(core)))
            try core.start()
            _ = try core.line(in: core.userLog("Starter"), containing: "Running [\(arn)]")
        }
    }
}
