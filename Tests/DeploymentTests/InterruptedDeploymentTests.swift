import Foundation
import Group
import Linux
import Testing

@testable import Deployment

/// What is left when a deployment ends anywhere between its first change and its last.
@Suite struct InterruptedDeploymentTests {
    private typealias F = FolderFixture

    private func deployer(_ root: TemporaryFolder, _ disk: Disk = Disk()) -> Deployer {
        Deployer(base: root.path + "/ggc", rules: GroupRules(), ownership: nil, disk: disk)
    }

    private func currentARN(_ root: TemporaryFolder) throws -> String? {
        try deployer(root).loadCurrent()?.group.functions.first?.arn
    }

    /// Runs `body` once for each of its steps, with that step and, as after a power cut, all later ones failing.
    private func atEachStep(
        _ code: Int32, once: Bool = false, prepare: (TemporaryFolder) throws -> Void,
        body: (Deployer) throws -> Void, check: (TemporaryFolder, String) throws -> Void
    ) throws -> Int {
        var number = 0
        while true {
            let root = TemporaryFolder()
            try prepare(root)
            let disk = Disk()
            var steps = 0
            var stopped: String?
            disk.hook = { step in
                defer { steps += 1 }
                if once ? steps == number : steps >= number {
                    if stopped == nil { stopped = step }
                    return code
                }
                return nil
            }
            do {
                try body(deployer(root, disk))
            } catch {
                #expect(stopped != nil, "failed by itself: \(error)")
            }
            guard let stopped else { return number }
            try check(root, stopped)
            number += 1
        }
    }

    @Test func aPowerCutAtAnyStepOfTheFirstDeploymentLeavesNothingOrTheNewGroup() throws {
        let steps = try atEachStep(EIO) { _ in
        } body: { deployer in
            _ = try deployer.apply(F.make())
        } check: { root, step in
            let arn = try currentARN(root)
            #expect(arn == nil || arn == F.arn + "1", "after \(step)")
            _ = try deployer(root).apply(F.make(version: 2))
            #expect(try currentARN(root) == F.arn + "2", "after \(step)")
        }
        #expect(steps > 20)
    }

    @Test func aPowerCutAtAnyStepLeavesTheOldGroupOrTheNew() throws {
        var olds = 0
        var news = 0
        _ = try atEachStep(EIO) { root in
            for version in 1...3 { _ = try deployer(root).apply(F.make(version: version)) }
        } body: { deployer in
            _ = try deployer.apply(F.make(version: 4))
        } check: { root, step in
            let arn = try currentARN(root)
            if arn == F.arn + "3" { olds += 1 } else { news += 1 }
            #expect(arn == F.arn + "3" || arn == F.arn + "4", "after \(step)")
            // What is current has the one before it still behind it.
            let before = try deployer(root).rollback()
            #expect(
                try deployer(root).load(before).group.functions.first?.arn
                    == (arn == F.arn + "3" ? F.arn + "2" : F.arn + "3"))
            // And the next deployment clears all that was left.
            _ = try deployer(root).apply(F.make(version: 5))
            #expect(try currentARN(root) == F.arn + "5", "after \(step)")
            #expect(root.list("ggc/deployments").count == 3, "after \(step): \(root.list("ggc/deployments"))")
            #expect(root.list("ggc").filter { $0 != "deployment" && $0 != "deployments" }.isEmpty)
        }
        #expect(olds > 10 && news > 1)
    }

    @Test func aPowerCutAtAnyStepOfARollbackLeavesOneOfTheTwo() throws {
        _ = try atEachStep(EIO) { root in
            for version in 1...2 { _ = try deployer(root).apply(F.make(version: version)) }
        } body: { deployer in
            _ = try deployer.rollback()
        } check: { root, step in
            let arn = try currentARN(root)
            #expect(arn == F.arn + "1" || arn == F.arn + "2", "after \(step)")
        }
    }

    @Test func aStepThatFailsForLackOfRoomIsUndoneAndToldAsThat() throws {
        _ = try atEachStep(ENOSPC, once: true) { root in
            for version in 1...2 { _ = try deployer(root).apply(F.make(version: version)) }
        } body: { deployer in
            guard let error = failure({ _ = try deployer.apply(F.make(version: 3)) }) else { return }
            #expect(error.description.hasPrefix("The disk is full ("), "\(error)")
            throw error
        } check: { root, step in
            let arn = try currentARN(root)
            #expect(arn == F.arn + "2" || arn == F.arn + "3", "after \(step)")
            #expect(!root.list("ggc/deployments").contains { $0.hasSuffix(".partial") }, "after \(step)")
        }
    }

    @Test(
        "INST-15: on a disk that is really full the old group stays and can be read", .enabled(if: geteuid() == 0))
    func fullDisk() throws {
        let root = TemporaryFolder()
        let small = root.path + "/ggc"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        // A container may forbid mounting; then there is nothing to see here.
        guard mount("tmpfs", small, "tmpfs", 0, "size=256k") == 0 else { return }
        defer { umount2(small, 2 /* MNT_DETACH */) }
        _ = try deployer(root).apply(F.make())
        let large = F.make(version: 2)
        large.write(String(repeating: "x", count: 300_000), to: "Alarm/model.bin")
        guard case .noSpace(let error) = failure({ _ = try deployer(root).apply(large.path) }) else {
            Issue.record("there is no room for it")
            return
        }
        #expect(error.step.contains("model.bin"))
        #expect(try currentARN(root) == F.arn + "1")
        #expect(root.list("ggc/deployments") == ["1", "lock"])
        _ = try deployer(root).apply(F.make(version: 3))
        #expect(try currentARN(root) == F.arn + "3")
    }
}
