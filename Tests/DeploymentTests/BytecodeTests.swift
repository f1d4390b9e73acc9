import Foundation
import Group
import Linux
import Testing

@testable import Deployment

/// Compiled code is made with a deployment, goes with it, and never hinders it.
@Suite("Compiled code of a deployment")
struct BytecodeTests {
    private typealias F = FolderFixture

    /// Says what it is told to.
    private final class Compiler: BytecodeCompiler {
        var answers: [[UInt8]]
        var problem: String?
        private(set) var packages: [String] = []
        private(set) var wasRefused = false

        init(_ answers: [[UInt8]], problem: String? = nil) {
            self.answers = answers
            self.problem = problem
        }

        func compile(
            _ function: FunctionDefinition, package: String, bounds: BytecodeBounds, take: (ArraySlice<UInt8>) -> Bool
        ) -> String? {
            packages.append(package)
            #expect(Files.exists(Path.join(package, "alarm.py")))
            for answer in answers where !take(answer[...]) {
                wasRefused = true
                return nil
            }
            return problem
        }
    }

    private let good = [
        BytecodeReaderTests.record("lambda/__pycache__/alarm.cpython-37.pyc", [UInt8]("one".utf8)),
        BytecodeReaderTests.record("runtime/a/b.pyc", [UInt8]("two".utf8)) + BytecodeReaderTests.end,
    ]
    private let place = "ggc/deployment/bytecode/\(F.arn)"

    private func deployer(
        _ root: TemporaryFolder, _ compiler: Compiler?, _ ownership: DeploymentOwnership? = nil, disk: Disk = Disk()
    ) -> Deployer {
        Deployer(
            base: root.path + "/ggc", rules: GroupRules(), ownership: ownership, disk: disk, compiler: compiler)
    }

    @Test("INST-04: compiled code lies beside the package, which stays as it is, and goes with its deployment")
    func places() throws {
        let root = TemporaryFolder()
        let compiler = Compiler(good)
        for version in 1...3 { #expect(try deployer(root, compiler).apply(F.make(version: version)).notes.isEmpty) }
        #expect(root.read(place + "3/lambda/__pycache__/alarm.cpython-37.pyc") == "one")
        #expect(root.read(place + "3/runtime/a/b.pyc") == "two")
        #expect(root.list("ggc/deployment/lambda/\(F.arn)3") == ["alarm.py", "lib"])
        #expect(root.list("ggc/deployments") == ["2", "3", "lock"])
        #expect(root.list("ggc/deployments/2/bytecode") == [F.arn + "2"])
        // A deployment without it, by an earlier version, has none either.
        _ = try deployer(root, nil).apply(F.make(version: 4))
        #expect(!root.exists("ggc/deployment/bytecode"))
        let loaded = try #require(try deployer(root, nil).loadCurrent())
        #expect(loaded.bytecodeDirectory.hasSuffix("/deployments/4/bytecode"))
    }

    @Test(
        "Compiled code is root's, and nobody but the function's group reads it",
        .enabled(if: geteuid() == 0, "owners need root"))
    func owners() throws {
        let root = TemporaryFolder()
        let owners = DeploymentOwnership(coreGroup: 54_301, functionUser: 54_302, functionGroup: 54_303)
        _ = try deployer(root, Compiler(good), owners).apply(F.make())
        let folder = root.path + "/" + place + "1"
        let status = try #require(try Files.linkStatus(folder))
        #expect(status.owner == 0 && status.group == 54_303 && status.mode & 0o7777 == 0o750)
        let file = try #require(try Files.linkStatus(folder + "/runtime/a/b.pyc"))
        #expect(file.owner == 0 && file.mode & 0o7777 == 0o644)
    }

    @Test("An interpreter that fails, writes nonsense or stops early costs the compiled code and a sentence")
    func failures() throws {
        let cases: [(Compiler, String)] = [
            (Compiler([], problem: "no interpreter is there"), "longer: no interpreter is there."),
            (Compiler(good, problem: "it ended with exit code 1"), "longer: it ended with exit code 1."),
            (Compiler([good[0]]), "longer: the interpreter ended too early."),
            (Compiler([[1]]), "longer: the interpreter ended too early."),
            (
                Compiler([good[0], BytecodeReaderTests.record("lambda/../x.pyc")]),
                "longer: a file that the interpreter wrote leads out of the package (..)."
            ),
            // The same file twice, and one in the place of a folder.
            (Compiler([good[0]] + good), "File exists"),
            (
                Compiler([
                    BytecodeReaderTests.record("runtime/a.pyc"), BytecodeReaderTests.record("runtime/a.pyc/b.pyc"),
                ]), "create"
            ),
        ]
        let root = TemporaryFolder()
        for (number, (compiler, words)) in cases.enumerated() {
            let notes = try deployer(root, compiler).apply(F.make(version: number + 1)).notes
            #expect(notes.count == 1 && notes.first?.contains(words) == true, "\(notes)")
            #expect(root.list("ggc/deployment/bytecode") == [])
            #expect(try deployer(root, nil).loadCurrent()?.id == DeploymentID(Int64(number + 1)))
        }
        // What has nothing to compile is nothing to tell.
        for answers in [[], [BytecodeReaderTests.end]] {
            #expect(try deployer(root, Compiler(answers)).apply(F.make(version: 9)).notes.isEmpty)
            #expect(root.list("ggc/deployment/bytecode") == [])
        }
    }

    @Test("A step that fails for lack of room costs the compiled code, or the deployment as a whole")
    func noRoom() throws {
        var without = 0
        var number = 0
        while true {
            let root = TemporaryFolder()
            _ = try deployer(root, nil).apply(F.make(version: 1))
            let disk = Disk()
            var steps = 0
            disk.hook = { _ in
                defer { steps += 1 }
                return steps == number ? ENOSPC : nil
            }
            let failed = failure { _ = try deployer(root, Compiler(good), disk: disk).apply(F.make(version: 2)) } != nil
            // A child that another test starts may hold the deployment's lock until it has executed its program.
            if steps == 0 { continue }
            if steps <= number { break }
            let has = root.list("ggc/deployment/bytecode") == [F.arn + "2"]
            if !failed, !has { without += 1 }
            if has { #expect(root.read(place + "2/runtime/a/b.pyc") == "two") }
            #expect(!root.list("ggc/deployments").contains { $0.hasSuffix(".partial") })
            #expect(try deployer(root, nil).loadCurrent() != nil)
            number += 1
        }
        // Each step of making it.
        #expect(without >= 10, "\(without)")
    }
}
