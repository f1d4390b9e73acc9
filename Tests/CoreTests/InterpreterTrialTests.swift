import Foundation
import Group
import Linux
import Programs
import Testing

@testable import Core

/// What stands on the PATH under an interpreter's name need not be one.
@Suite("Trying interpreters")
struct InterpreterTrialTests {
    private let python = Runtime(name: "python3.7")
    private let java = Runtime(name: "java8")

    /// A program that everybody may run.
    private func program(_ text: String, _ body: (String) throws -> Void) throws {
        let folder = "/tmp/perennial-trial-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        chmod(folder, 0o755)
        let path = folder + "/python3.7"
        try #require(Program.write(text, to: path))
        try body(path)
    }

    @Test("PLAT-12: an interpreter that tells its version works; Java 8 is asked in its own way")
    func works() throws {
        let python = try #require(self.python)
        let java = try #require(self.java)
        let trial = InterpreterTrial(path: "/usr/bin:/bin")
        #expect(trial.problem("/usr/bin/python3", python) == nil)
        try program("#!/bin/sh\ntest \"$1\" = -version\n") { #expect(trial.problem($0, java) == nil) }
        try program("#!/bin/sh\ntest \"$1\" = --version\n") { #expect(trial.problem($0, python) == nil) }
    }

    @Test("PLAT-12: a shim without its version, one that hangs, and one that may not be run are told apart")
    func broken() throws {
        let python = try #require(self.python)
        var trial = InterpreterTrial(path: "/usr/bin:/bin")
        try program("#!/bin/sh\necho 'pyenv: python3.7: command not found' >&2\nexit 127\n") { path in
            #expect(
                trial.problem(path, python)
                    == "is no working interpreter: `\(path) --version` ended with exit code 127: pyenv: python3.7: command not found"
            )
        }
        #expect(trial.problem("/nowhere/python3.7", python)?.contains("No such file") == true)
        trial.patience = 1000
        try program("#!/bin/sh\nsleep 1000\n") { path in
            #expect(trial.problem(path, python) == "did not tell its version (`--version`) within 1 s")
        }
    }
}
