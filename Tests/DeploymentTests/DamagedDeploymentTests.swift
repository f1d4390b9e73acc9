import Foundation
import Group
import Linux
import Testing

@testable import Deployment

@Suite struct DamagedDeploymentTests {
    private typealias F = FolderFixture

    /// Spoils a good deployment and looks at what reading it says.
    private func damage(_ spoil: (TemporaryFolder) -> Void) throws -> String {
        let root = TemporaryFolder()
        let deployer = Deployer(root: root.path)
        _ = try deployer.apply(F.make())
        spoil(root)
        do {
            _ = try deployer.loadCurrent()
            return "nothing"
        } catch {
            // Whatever it is, a deployment gets the core out of it.
            if root.exists("ggc/deployments/1") {
                _ = try? deployer.apply(F.make(version: 2))
                #expect(try deployer.loadCurrent()?.group.functions.first?.arn == F.arn + "2")
            }
            return error.description
        }
    }

    @Test func aGroupThatIsNoLongerJSONIsToldWithItsPlace() throws {
        let text = try damage { $0.write("{\n \"Devices\"", to: "ggc/deployment/group/group.json") }
        #expect(text.contains("The deployed group is damaged"))
        #expect(text.contains("/deployments/1/group/group.json"))
        #expect(text.contains("line 2, column"))
        #expect(text.contains("with {} to start without a group"))
    }

    @Test func aGroupOfAnotherUserIsNotToldAsDamaged() {
        let denied = DeploymentError(reading: "/gg/group.json", SystemError("open /gg/group.json", code: EACCES))
        #expect(
            denied.description
                == "The deployed group cannot be read: /gg/group.json: Permission denied. Run greengrassd "
                + "as root, or as the user who owns the greengrass-root.")
        let lost = DeploymentError(reading: "/gg/group.json", SystemError("open /gg/group.json", code: ENOENT))
        #expect(lost.description.contains("is damaged: /gg/group.json: No such file"))
    }

    @Test func aManifestThatIsMissingEmptyOrStrangeIsTold() throws {
        let manifest = "ggc/deployment/deployment.json"
        #expect(
            try damage { try? FileManager.default.removeItem(atPath: $0.path + "/" + manifest) }.contains(
                "No such file"))
        #expect(try damage { $0.write("", to: manifest) }.contains("deployment.json: line 1"))
        #expect(try damage { $0.write("{\"Format\": \"x\", \"Id\": 1}", to: manifest) }.contains("$.Format: expected"))
        #expect(try damage { $0.write("{\"Format\": 1}", to: manifest) }.contains("$.Id: expected"))
    }

    @Test func aFormatOfANewerVersionIsNotGuessedAt() throws {
        let text = try damage {
            $0.write("{\"Format\": 2, \"Id\": 1, \"New\": []}", to: "ggc/deployment/deployment.json")
        }
        #expect(text.contains("has format 2, which a newer version of the core wrote; this one knows 1"))
    }

    @Test func theFormatThatIsWrittenIsTheOneThatIsRead() throws {
        let manifest = DeploymentManifest(id: DeploymentID(7), previous: DeploymentID(5))
        #expect(try DeploymentManifest(reading: manifest.bytes, path: "x") == manifest)
        let first = Array(#"{"Format": 1, "Id": 7, "Previous": 5}"#.utf8)
        #expect(try DeploymentManifest(reading: first, path: "x") == manifest)
    }

    @Test func aFunctionWithoutItsCodeIsNamed() throws {
        let text = try damage {
            try? FileManager.default.removeItem(atPath: $0.path + "/ggc/deployment/lambda/\(F.arn)1")
        }
        #expect(text.contains("\(F.arn)1: the code of the function is missing"))
    }

    @Test func aLinkToNowhereIsTold() throws {
        let text = try damage { try? FileManager.default.removeItem(atPath: $0.path + "/ggc/deployments/1") }
        #expect(text.contains("damaged"))
        let other = try damage { root in
            try? FileManager.default.removeItem(atPath: root.path + "/ggc/deployment")
            symlink("/etc", root.path + "/ggc/deployment")
        }
        #expect(other.contains("it is a link to /etc, which is no deployment"))
    }
}
