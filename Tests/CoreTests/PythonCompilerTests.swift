import Bytes
import Deployment
import Foundation
import Group
import Linux
import Programs
import Testing

@testable import Core

/// Real interpreters, and what only calls itself one.
@Suite("Compiling Python at the deployment")
struct PythonCompilerTests {
    private static let runtimes =
        URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/Sources/Runtimes"

    private func function(_ runtime: String = "python3.7") throws -> FunctionDefinition {
        FunctionDefinition(
            id: "1", arn: "arn:aws:lambda:us-west-2:123456789012:function:Alarm:3",
            runtime: try #require(Runtime(name: runtime)), handler: "alarm.handler")
    }

    /// A folder that everybody may read.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/perennial-compile-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/lib", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for path in [folder, folder + "/lib"] { chmod(path, 0o755) }
        try body(folder)
    }

    private func write(_ text: String, _ path: String) throws {
        try Files.writeAtomically(path, [UInt8](text.utf8), mode: 0o644)
        chmod(path, 0o644)
    }

    private func compile(
        _ package: String, by program: String? = nil, _ runtime: String = "python3.7", patience: Int64 = 60_000
    ) throws -> (problem: String?, said: [UInt8]) {
        let programs = program.map { [(runtime: runtime, programs: [$0])] } ?? []
        let compiler = PythonCompiler(programs, runtimes: Self.runtimes, path: "/usr/bin:/bin", patience: patience)
        var said: [UInt8] = []
        let problem = compiler.compile(try function(runtime), package: package, bounds: BytecodeBounds()) {
            said += $0
            return said.count < 100_000_000
        }
        return (problem, said)
    }

    @Test("Modules of the package and the runtime are compiled, and what does not compile is left out")
    func modules() throws {
        try withFolder { folder in
            try write("def handler(event, context): pass\n", folder + "/alarm.py")
            try write("'grün'\n", folder + "/lib/inner.py")
            try write("def handler(event, context)\n", folder + "/wrong.py")
            try write("print('executed')\n", folder + "/said.py")
            try write("x = " + String(repeating: "(", count: 100_000) + "\n", folder + "/deep.py")
            mkfifo(folder + "/pipe.py", 0o644)
            symlink("/etc/passwd", folder + "/text.py")
            symlink("..", folder + "/lib/loop")
            let (problem, said) = try compile(folder, by: "/usr/bin/python3")
            #expect(problem == nil)
            #expect(said.suffix(8).elementsEqual([UInt8](repeating: 0, count: 8)))
            let text = String(decoding: said, as: UTF8.self)
            for name in ["alarm", "lib/__pycache__/inner", "said"] {
                #expect(
                    text.contains(
                        name.contains("/") ? "lambda/\(name).cpython-3" : "lambda/__pycache__/\(name).cpython-3"))
            }
            #expect(text.contains("runtime/greengrass_runtime/__pycache__/worker.cpython-3"))
            for name in ["wrong", "deep", "pipe", "text", "loop"] { #expect(!text.contains("__pycache__/\(name).")) }
            let left = try Files.list(folder) + Files.list(folder + "/lib")
            #expect(!left.contains("__pycache__"))
        }
    }

    @Test("An interpreter that is missing, fails or hangs is told; Python 2 is none for this")
    func failures() throws {
        try withFolder { folder in
            let program = folder + "/python3.7"
            #expect(try compile(folder, by: program).problem == "no interpreter for python3.7 is installed")
            try #require(Program.write("#!/bin/sh\necho no >&2\nexit 127\n", to: program))
            let failed = try compile(folder, by: program)
            #expect(failed.problem == "\(program) ended with exit code 127" && failed.said.isEmpty)
            try #require(Program.write("#!/bin/sh\nexec sleep 1000\n", to: program))
            #expect(try compile(folder, by: program, patience: 1000).problem == "\(program) was not done within 1 s")
            // One that writes for ever is ended when nothing more is wanted.
            try #require(Program.write("#!/bin/sh\nexec cat /dev/zero\n", to: program))
            #expect(try compile(folder, by: program).problem == nil)
            #expect(try compile(folder, by: program, "python2.7").problem == nil)
        }
    }

    @Test(
        "The interpreter runs as the function's user, in a session of its own with an empty environment",
        .enabled(if: geteuid() == 0, "another user needs root"))
    func user() throws {
        try withFolder { folder in
            let program = folder + "/python3.7"
            try #require(Program.write("#!/bin/sh\nid -u\nid -g\nid -G\nenv\n", to: program))
            var function = try function()
            function.runAs.userID = 54_321
            function.runAs.groupID = 54_322
            let compiler = PythonCompiler(
                [(runtime: "python3.7", programs: [program])], runtimes: Self.runtimes, path: "/usr/bin:/bin")
            var said: [UInt8] = []
            let problem = compiler.compile(function, package: folder, bounds: BytecodeBounds()) {
                said += $0
                return true
            }
            #expect(problem == nil)
            let lines = Set(said.text.split(separator: "\n").map(String.init)).subtracting([
                "PWD=/", "SHLVL=0", "_=/usr/bin/env",
            ])
            #expect(lines == ["54321", "54322", "PATH=/usr/bin:/bin", "HOME=/", "LANG=C.UTF-8"], "\(lines)")
        }
    }
}
