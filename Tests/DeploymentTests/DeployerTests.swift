import Foundation
import Group
import Linux
import Testing

@testable import Deployment

@Suite struct DeployerTests {
    private typealias F = FolderFixture

    private func deployer(_ root: TemporaryFolder, _ disk: Disk = Disk()) -> Deployer {
        Deployer(base: root.path + "/ggc", rules: GroupRules(), ownership: nil, disk: disk)
    }

    @Test("INST-03 INST-04 DEP-05: a folder is deployed to V1's places")
    func places() throws {
        let root = TemporaryFolder()
        let folder = F.make()
        let applied = try Deployer(root: root.path).apply(folder.path)
        #expect(applied.id == DeploymentID(1))
        #expect(applied.report.findings.isEmpty)
        #expect(root.read("ggc/deployment/group/group.json") == F.group())
        #expect(root.read("ggc/deployment/lambda/\(F.arn)1/alarm.py") == F.source)
        #expect(root.read("ggc/deployment/lambda/\(F.arn)1/lib/version.py") == "VERSION = 1\n")
        let loaded = try #require(try Deployer(root: root.path).loadCurrent())
        #expect(loaded.group == applied.group)
        #expect(loaded.id == applied.id)
        let function = try #require(loaded.group.functions.first)
        #expect(FileManager.default.fileExists(atPath: "\(loaded.packagesDirectory)/\(function.arn)/alarm.py"))
    }

    @Test("WDIR-01: with a write directory the deployment lies below that")
    func writeDirectory() throws {
        let root = TemporaryFolder()
        let deployer = Deployer(root: root.path + "/root", writeDirectory: root.path + "/write")
        _ = try deployer.apply(F.make())
        #expect(root.exists("write/deployment/group/group.json"))
        #expect(!root.exists("root"))
    }

    @Test func aCoreWithoutADeploymentHasNone() throws {
        let root = TemporaryFolder()
        #expect(try deployer(root).loadCurrent() == nil)
        #expect(throws: DeploymentError.self) { _ = try self.deployer(root).rollback() }
        #expect(!root.exists("ggc"))
    }

    @Test("INST-13: the empty group can be deployed, and written over the deployed one by hand")
    func emptyGroup() throws {
        let root = TemporaryFolder()
        let folder = TemporaryFolder()
        folder.write("{}", to: "group.json")
        _ = try deployer(root).apply(F.make())
        root.write("{}", to: "ggc/deployment/group/group.json")
        #expect(try deployer(root).loadCurrent()?.group == GroupDefinition())
        _ = try deployer(root).apply(folder.path)
        #expect(try deployer(root).loadCurrent()?.group == GroupDefinition())
    }

    @Test("a bad group never replaces a good one, and nothing is written for it")
    func badGroups() throws {
        let root = TemporaryFolder()
        _ = try deployer(root).apply(F.make())
        let before = root.snapshot("ggc")
        let bad: [(String, (TemporaryFolder) -> Void)] = [
            ("cannot be read", { try? FileManager.default.removeItem(atPath: $0.path + "/group.json") }),
            ("not readable as JSON", { $0.write("{", to: "group.json") }),
            ("expected an array", { $0.write(#"{"Devices": 1}"#, to: "group.json") }),
            ("neither a folder \"Alarm\"", { try? FileManager.default.removeItem(atPath: $0.path + "/Alarm") }),
            ("has neither \"other.py\"", { $0.write(F.group(handler: "other.handler"), to: "group.json") }),
            ("has nothing called \"run\"", { $0.write(F.group(handler: "alarm.run"), to: "group.json") }),
            ("has no \"x.zip\"", { $0.write(F.group(more: #", "Package": "x.zip""#), to: "group.json") }),
            ("cannot be used", { $0.write(F.group(more: #", "Package": "group.json""#), to: "group.json") }),
        ]
        for (words, spoil) in bad {
            let folder = F.make(version: 2)
            spoil(folder)
            let report = deployer(root).validate(folder.path)
            #expect(report.violations.count == 1 && report.description.contains(words), "\(words): \(report)")
            guard case .invalid(_, let found) = failure({ _ = try deployer(root).apply(folder.path) }) else {
                Issue.record("deployed although \(words)")
                continue
            }
            #expect(found == report)
            #expect(root.snapshot("ggc") == before, "\(words)")
        }
    }

    @Test func aFindingAboutAPackageNamesItsPlace() {
        let folder = F.make()
        folder.write(F.group(handler: "alarm.run"), to: "group.json")
        let finding = Deployer(root: "/nowhere").validate(folder.path).violations.first
        #expect(finding?.path == "$.Functions[0].Handler")
        #expect(finding?.position?.line == 3)
        #expect(finding?.message.contains("\"alarm.run\"") == true)
        #expect(finding?.message.contains("def run(event, context)") == true)
    }

    @Test func theDeploymentBeforeIsKeptForARollbackAndOlderOnesAreRemoved() throws {
        let root = TemporaryFolder()
        for version in 1...3 { _ = try deployer(root).apply(F.make(version: version)) }
        #expect(root.list("ggc/deployments") == ["2", "3", "lock"])
        #expect(try deployer(root).rollback() == DeploymentID(2))
        #expect(try deployer(root).loadCurrent()?.group.functions.first?.arn == F.arn + "2")
        guard case .nothingToRollBackTo = failure({ _ = try deployer(root).rollback() }) else {
            Issue.record("there is nothing before it")
            return
        }
        // A new number, not that of the one that was left.
        #expect(try deployer(root).apply(F.make(version: 4)).id == DeploymentID(4))
        #expect(root.list("ggc/deployments") == ["2", "4", "lock"])
    }

    @Test("DEP-08: one deployment at a time")
    func concurrentDeployments() throws {
        let root = TemporaryFolder()
        let first = deployer(root)
        first.disk.hook = { step in
            guard step.hasPrefix("sync ") else { return nil }
            first.disk.hook = nil
            guard case .busy = failure({ _ = try self.deployer(root).apply(F.make(version: 9)) }) else {
                Issue.record("deployed while another deployment is in progress")
                return nil
            }
            return nil
        }
        _ = try first.apply(F.make())
        #expect(try deployer(root).loadCurrent()?.group.functions.first?.arn == F.arn + "1")
    }

    @Test func whatTheCoreDidNotPutThereIsLeftAlone() throws {
        let root = TemporaryFolder()
        root.write("{}", to: "ggc/deployment/group/group.json")
        guard case .damaged(let path, _) = failure({ _ = try deployer(root).apply(F.make()) }) else {
            Issue.record("replaced a directory")
            return
        }
        #expect(path.hasSuffix("/ggc/deployment"))
        #expect(root.read("ggc/deployment/group/group.json") == "{}")
    }

    @Test("nobody but the owner writes what is deployed; only the core reads the functions' variables")
    func modes() throws {
        let root = TemporaryFolder()
        let folder = F.make()
        chmod(folder.path + "/Alarm/alarm.py", 0o4777)
        chmod(folder.path + "/Alarm/lib/version.py", 0o666)
        _ = try deployer(root).apply(folder.path)
        #expect(root.mode("ggc/deployment/group/group.json") == 0o600)
        #expect(root.mode("ggc/deployment/lambda/\(F.arn)1") == 0o755)
        #expect(root.mode("ggc/deployment/lambda/\(F.arn)1/alarm.py") == 0o755)
        #expect(root.mode("ggc/deployment/lambda/\(F.arn)1/lib") == 0o755)
        #expect(root.mode("ggc/deployment/lambda/\(F.arn)1/lib/version.py") == 0o644)
    }

    @Test(
        "with root, each function's group reads its package and the core's group the group",
        .enabled(if: geteuid() == 0))
    func ownership() throws {
        let root = TemporaryFolder()
        let folder = F.make()
        let ownership = DeploymentOwnership(coreGroup: 4321, functionUser: 4323, functionGroup: 4322)
        let deployer = Deployer(root: root.path, ownership: ownership)
        _ = try deployer.apply(folder.path)
        let file = try #require(try Files.status(root.path + "/ggc/deployment/group/group.json"))
        #expect(file.group == 4321 && file.owner == 0 && file.mode == 0o640)
        let package = try #require(try Files.status(root.path + "/ggc/deployment/lambda/\(F.arn)1"))
        #expect(package.group == 4322 && package.owner == 0 && package.mode == 0o750)
        let runAs = #", "FunctionConfiguration": {"Environment": {"Execution": {"RunAs": {"Gid": 99}}}}"#
        folder.write(F.group(more: runAs), to: "group.json")
        _ = try deployer.apply(folder.path)
        #expect(try Files.status(root.path + "/ggc/deployment/lambda/\(F.arn)1")?.group == 99)
        let group = F.group().replacing("python3.7", with: "executable").replacing("alarm.handler", with: "alarm.py")
        folder.write(group, to: "group.json")
        _ = try deployer.apply(folder.path)
        #expect(try Files.status(root.path + "/ggc/deployment/lambda/\(F.arn)1")?.mode == 0o751)
        #expect(try Files.status(root.path + "/ggc/deployment/lambda/\(F.arn)1/alarm.py")?.mode == 0o755)
    }

    @Test func theWordsOfErrorsSayWhatToDo() {
        var report = Report()
        report.violation("$.X", "bad")
        let text = DeploymentError.invalid(folder: "/f", report).description
        #expect(text.hasPrefix("The group in /f/group.json has 1 error and was not deployed:\nerror: $.X: bad\n"))
        #expect(text.hasSuffix("Correct the folder and deploy it again."))
    }
}
