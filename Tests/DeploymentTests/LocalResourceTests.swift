import Foundation
import Group
import Linux
import Testing

@testable import Deployment

@Suite("Local resources at the deployment")
struct LocalResourceTests {
    private typealias F = FolderFixture

    /// Numbers that nobody has; without root everything is the deploying user's own.
    private static let user: UInt32 = 64_321
    private static let group: UInt32 = 64_322
    private static let owners: UInt32 = 64_323

    private let root = TemporaryFolder()

    private func deployer(containers: Bool = false) -> Deployer {
        var rules = GroupRules()
        rules.containers = containers
        return Deployer(
            root: root.path + "/greengrass", rules: rules,
            ownership: DeploymentOwnership(coreGroup: 64_320, functionUser: Self.user, functionGroup: Self.group))
    }

    /// What is found in a group whose function has one resource.
    private func violations(
        _ data: String, permission: String = "rw", containers: Bool = false
    ) -> [Finding] {
        // The folder goes with its owner.
        let folder = folder(data, permission, containers)
        return withExtendedLifetime(folder) {
            deployer(containers: containers).validate(folder.path).violations
        }
    }

    private func folder(_ data: String, _ permission: String, _ containers: Bool) -> TemporaryFolder {
        let folder = F.make()
        let memory = containers ? #""MemorySize": 16384, "# : ""
        let configuration = """
            , "FunctionConfiguration": {\(memory)"Environment": {"ResourceAccessPolicies":
              [{"ResourceId": "r", "Permission": "\(permission)"}]}}
            """
        var text = F.group(more: configuration)
        if containers { text = text.replacing("NoContainer", with: "GreengrassContainer") }
        text = text.dropLast() + #", "Resources": [{"Id": "r", "Name": "n", "ResourceDataContainer": {\#(data)}}]}"#
        folder.write(text, to: "group.json")
        return folder
    }

    private func volume(_ source: String, _ owner: String = #""AutoAddGroupOwner": false"#) -> String {
        #""LocalVolumeResourceData": {"SourcePath": "\#(source)", "DestinationPath": "/dest/LRAtest", "#
            + #""GroupOwnerSetting": {\#(owner)}}"#
    }

    private func device(_ source: String) -> String {
        #""LocalDeviceResourceData": {"SourcePath": "\#(source)"}"#
    }

    /// A folder that everybody reaches.
    private func place(mode: UInt32, owner: UInt32 = 0, group: UInt32 = 0) throws -> String {
        let path = root.path + "/data"
        try Files.makeDirectories(path, mode: 0o700)
        try Files.changeMode(root.path, 0o755)
        try Files.changeOwner(path, user: owner, group: group)
        try Files.changeMode(path, mode)
        return path
    }

    @Test("LRA-08, H-27: a permission that is missing is told in V1's words, with owner, mode and the mending command")
    func refused() throws {
        let path = try place(mode: 0o770, group: Self.owners)
        let finding = try #require(violations(volume(path)).first)
        #expect(
            finding.path == "$.Functions[0].FunctionConfiguration.Environment.ResourceAccessPolicies[0]")
        for words in [
            "group config is invalid: \(Self.user) or [\(Self.group)] don't have rw permission on the file: \(path)",
            "belongs to root:\(Self.owners) and has the mode 0770", "AutoAddGroupOwner",
        ] { #expect(finding.message.contains(words), "\(finding)") }
    }

    @Test("LRA-07: the owning group is added where AutoAddGroupOwner says so, and then counts")
    func automaticGroup() throws {
        let path = try place(mode: 0o770, group: Self.owners)
        #expect(violations(volume(path, #""AutoAddGroupOwner": true"#)).isEmpty)
        try Files.changeMode(path, 0o750)
        #expect(violations(volume(path, #""AutoAddGroupOwner": true"#), permission: "ro").isEmpty)
        let finding = try #require(violations(volume(path, #""AutoAddGroupOwner": true"#)).first)
        let words = "[\(Self.group) \(Self.owners)] don't have rw permission"
        #expect(finding.message.contains(words) && finding.message.contains("`chmod g+rwx \(path)`"), "\(finding)")
    }

    @Test("LRA-07: a GroupOwner of another name is added; one that the machine does not have is told")
    func namedGroup() throws {
        let daemon = try #require(Users.groupID(named: "daemon"))
        let path = try place(mode: 0o070, group: daemon)
        #expect(violations(volume(path, #""GroupOwner": "daemon""#)).isEmpty)
        let finding = try #require(violations(volume(path, #""GroupOwner": "nobody-has-this""#)).first)
        #expect(finding.message.contains("addgroup --system nobody-has-this"))
    }

    @Test(
        "LRA-13: files of various owners and modes are allowed or not as they should be",
        arguments: [
            (0o600, user, group, "rw", true), (0o400, user, group, "rw", false), (0o400, user, group, "ro", true),
            (0o660, 0, group, "rw", true), (0o640, 0, group, "rw", false), (0o640, 0, group, "ro", true),
            (0o666, 0, 0, "rw", true), (0o664, 0, 0, "rw", false), (0o660, 0, 0, "ro", false),
            // The owner's bits are the owner's, whatever the others may.
            (0o066, user, group, "ro", false), (0o006, 0, group, "ro", false),
        ] as [(UInt32, UInt32, UInt32, String, Bool)])
    func owners(mode: UInt32, owner: UInt32, group: UInt32, permission: String, isAllowed: Bool) throws {
        for containers in [true, false] {
            let folder = try place(mode: 0o755)
            let file = folder + "/file"
            try Files.writeAtomically(file, [1], mode: mode, owner: (owner, group))
            let found = violations(volume(file), permission: permission, containers: containers)
            #expect(found.isEmpty == isAllowed, "\(found)")
        }
    }

    @Test("LRA-05, LRA-08: the folders above a resource count without a container, and not in one")
    func closedFolder() throws {
        let folder = try place(mode: 0o700)
        let file = folder + "/file"
        try Files.writeAtomically(file, [1], mode: 0o666)
        #expect(violations(volume(file), containers: true).isEmpty)
        let finding = try #require(violations(volume(file)).first)
        #expect(finding.message.contains("`chmod o+x \(folder)` opens it"), "\(finding)")
    }

    @Test("LRA-04: a device is a device")
    func devices() throws {
        #expect(violations(device("/dev/null")).isEmpty)
        let absent = try #require(violations(device("/dev/perennial-none")).first)
        #expect(absent.message.contains("is not there; plug the device in"))
        let folder = try #require(violations(device("/dev/pts/../fd".replacing("pts/../", with: ""))).first)
        #expect(folder.message.contains("/dev/fd"), "\(folder)")
        let file = try place(mode: 0o755) + "/file"
        try Files.writeAtomically(file, [1], mode: 0o644)
        let opened = open(file, O_RDONLY)
        defer { close(opened) }
        try #require(opened >= 0)
        let finding = try #require(violations(device("/dev/fd/\(opened)")).first)
        #expect(!finding.message.contains("is not there"), "\(finding)")
    }

    @Test("LRA-01: a source that is not there is told with what makes it")
    func absent() throws {
        let finding = try #require(violations(volume("/nowhere/here")).first)
        #expect(finding.message.contains("`mkdir -p /nowhere/here` makes it"))
    }

    @Test("LRA-03: what a path may not name, its links may not lead to either; the core's own folders neither")
    func links() throws {
        _ = try place(mode: 0o755)
        for (target, words) in [("/sys/kernel", "leads to /sys/kernel"), ("/var/lib", "leads to /var/lib")] {
            let link = root.path + "/data/link"
            try Files.switchLink(link, to: target)
            let finding = try #require(violations(volume(link), permission: "ro").first)
            #expect(finding.message.contains(words), "\(finding)")
        }
        try Files.makeDirectories(root.path + "/greengrass/certs")
        let inside = try #require(violations(volume(root.path + "/greengrass/certs"), permission: "ro").first)
        #expect(inside.message.contains("where the core keeps its keys"))
        let above = try #require(violations(volume(root.path), permission: "ro").first)
        #expect(above.message.contains("holds \(root.path)/greengrass"), "\(above)")
    }

    @Test("LRA-09, B-16: a function without a container finds its resources by links, put there by the deployment")
    func linkFolder() throws {
        let path = try place(mode: 0o777)
        let content = folder(volume(path), "rw", false)
        _ = try deployer().apply(content)
        let loaded = try #require(try deployer().loadCurrent())
        let link = "\(loaded.resourcesDirectory)/\(F.arn)1/dest/LRAtest"
        #expect(Files.linkTarget(link) == path)
        #expect(try Files.status(loaded.resourcesDirectory)?.mode == 0o755)
    }

    @Test("LRA-12: a folder of devices stands for the devices in it")
    func deviceFolder() throws {
        #expect(DeviceFolder.devices(in: "/dev").contains("/dev/null"))
        #expect(DeviceFolder.devices(in: root.path).isEmpty)
    }
}
