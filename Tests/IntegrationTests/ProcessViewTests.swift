import Foundation
import Testing

/// What an administrator sees of functions with the tools of the system (ml-console.md, "Verify That the Inference Model Is
/// Successfully Deployed").
@Suite("Functions as processes", .enabled(if: geteuid() == 0, "containers and name spaces need root"))
struct ProcessViewTests {
    /// Of each kind: what its log has once its process runs, and a file of its package.
    private static let kinds = [
        ("Python", "Running [", "function.py"), ("Node", "Running [", "index.js"), ("Java", "Running [", "functions"),
        ("Native", "arguments: [/echo]", "echo"),
    ]

    private func functions(_ core: CoreUnderTest, _ name: String, memory: Int?) throws -> [GroupFolder.Function] {
        let folder = (core.root as NSString).deletingLastPathComponent
        var python = GroupFolder.Function(name: name + "Python", code: FunctionCode.doubler)
        python.withSDK = false
        var node = GroupFolder.Function(name: name + "Node", code: "exports.handler = (event) => event;\n")
        node.handler = "index.handler"
        node.runtime = "nodejs8.10"
        node.file = "index.js"
        var java = GroupFolder.Function(name: name + "Java", code: "", handler: "functions.Relay::echo")
        java.runtime = "java8"
        java.files = ["functions": try JavaFunctionsTests.compile(core) + "/functions"]
        var native = GroupFolder.Function(name: name + "Native", code: "", encoding: "binary", handler: "echo")
        native.runtime = "executable"
        native.files = ["echo": try NativeProgram.build("echo", in: folder)]
        return [python, node, java, native].map { function in
            var function = function
            function.pinned = true
            function.memory = memory
            function.withSDK = false
            return function
        }
    }

    /// The second column of the lines of `ps aux` that name the function; `grep` itself is no part of this.
    private func processes(_ name: String) throws -> [String] {
        let table = try CommandResult.run(["ps", "aux"])
        return table.output.filter { $0.contains(name) }.compactMap {
            $0.split(separator: " ").dropFirst().first.map(String.init)
        }
    }

    @Test(
        "LAM-28: `ps aux | grep NAME` finds a function's process, whatever runs it, and `nsenter -m` enters its mount name space",
        arguments: [nil, 131_072])
    func found(memory: Int?) throws {
        try CoreUnderTest.run { core in
            // The whole machine's processes are looked at: other tests have other names.
            let finder = "Finder" + UUID().uuidString.prefix(8)
            var group = GroupFolder()
            group.functions = try functions(core, finder, memory: memory)
            try core.start(group)
            for (kind, words, file) in Self.kinds {
                let name = finder + kind
                _ = try core.line(in: core.userLog(name), containing: words)
                let found = try processes(name)
                #expect(found.count == 1, "\(name): \(found)")
                guard let process = found.first else { continue }
                let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/mnt")
                let inside = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/mnt")
                #expect((own == inside) == (memory == nil))
                let place =
                    memory == nil
                    ? core.root + "/ggc/deployment/lambda/" + GroupFolder.functionARN(name) : "/lambda"
                let seen = try CommandResult.run(["nsenter", "-t", process, "-m", "/bin/ls", place])
                #expect(seen.succeeded && seen.output.contains(file), "\(seen)")
            }
        }
    }
}
