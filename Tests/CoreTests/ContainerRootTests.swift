import Linux
import Testing

@testable import Core

@Suite("A container's root")
struct ContainerRootTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)
    private static let mountinfo = """
        1 0 0:50 / / rw,relatime - overlay overlay rw
        2 1 0:60 /_data /greengrass/config rw - ext4 /dev/vda rw
        3 1 254:0 /var/lib/docker/containers/\(id)/hostname /etc/hostname rw - ext4 /dev/vda rw
        4 1 0:61 / /with\\040space rw - tmpfs tmpfs rw
        cut short
        """

    private func scratch<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = try Files.makePrivateDirectory(prefix: "/tmp/perennial-container-root-")
        defer { try? Files.removeTree(folder) }
        return try body(folder)
    }

    private func container(_ mounts: [String]) -> OuterContainer {
        let lines = mounts.map { "1 0 0:1 / \($0) rw - ext4 /dev/vda rw" }
        return OuterContainer(mountinfo: [UInt8](lines.joined(separator: "\n").utf8), hostName: "core")
    }

    @Test("DOCK-02: the container's ID and its mounts are read from the kernel's list")
    func seenFromInside() {
        let seen = OuterContainer(mountinfo: [UInt8](Self.mountinfo.utf8), hostName: "core")
        #expect(seen.identifier == "0123456789ab")
        #expect(seen.mountPoints.contains("/greengrass/config") && seen.mountPoints.contains("/with space"))
        #expect(OuterContainer(mountinfo: [], hostName: "0123456789ab").identifier == "0123456789ab")
        #expect(OuterContainer(mountinfo: [], hostName: "core").identifier == nil)
    }

    @Test("DOCK-02: nothing mounted is a demonstration; a configuration is taken; what is half there is told")
    func states() throws {
        try scratch { root in
            func state(_ mounts: [String] = []) throws(SetupError) -> ContainerRoot.State {
                try ContainerRoot(layout: Layout(root: root), container: container(mounts), package: nil).state()
            }
            func problem(_ mounts: [String] = []) -> String? {
                do throws(SetupError) {
                    _ = try state(mounts)
                    return nil
                } catch { return error.sentence }
            }
            #expect(try state() == .demonstration)
            #expect(
                problem(["\(root)/config"])?.contains("has no config.json: it is empty. Docker makes an empty folder")
                    == true)
            #expect(problem(["\(root)/certs"])?.contains("certs is mounted, though empty, and") == true)
            try Files.makeDirectories(root + "/certs")
            try Files.writeAtomically(root + "/certs/a.pem", [], mode: 0o600)
            #expect(problem()?.contains("There are files in \(root)/certs, but there is no") == true)
            try Files.makeDirectories(root + "/config")
            try Files.writeAtomically(root + "/config/config.json", [], mode: 0o600)
            #expect(try state(["\(root)/config"]) == .configured)
            try Files.makeDirectories(root + "/demo")
            #expect(try state() == .demonstration)
        }
    }

    @Test("INST-11: ggc/core leads to the running program, whatever an older image left; a folder of the user's stays")
    func link() throws {
        try scratch { root in
            let package = root + "/image/packages/2.0.0"
            try Files.makeDirectories(package)
            let layout = Layout(root: root + "/greengrass")
            let place = ContainerRoot(layout: layout, container: container([]), package: package)
            try place.link()
            #expect(Files.linkTarget(layout.currentPackage) == package)
            try Files.switchLink(layout.currentPackage, to: "packages/0.1.0")
            try place.link()
            #expect(Files.linkTarget(layout.currentPackage) == package)
            try Files.removeTree(layout.currentPackage)
            try Files.makeDirectories(layout.currentPackage)
            try place.link()
            #expect(Files.linkTarget(layout.currentPackage) == nil)
        }
    }

    @Test(
        "What stands in for the cloud is HOST:PORT",
        arguments: ["", "cloud", "cloud:", ":1", "cloud:0", "cloud:65536", "a:1:2"])
    func cloud(_ text: String) {
        #expect(DemoSetup.Cloud(text) == nil)
        #expect(DemoSetup.Cloud("cloud:8884")?.port == 8884)
    }

    @Test(
        "What is mounted from outside may belong to anybody",
        .enabled(if: Users.isRoot, "only root can give files to others"))
    func ownership() throws {
        try scratch { root in
            try Files.makeDirectories(root + "/log")
            try Files.changeOwner(root + "/log", user: 1000, group: 1000)
            #expect(RootOwnership.problem(root + "/log", linksLeft: 4) == "\(root)/log belongs to user 1000.")
            #expect(RootOwnership.problem(root + "/log", linksLeft: 4, trusting: [root + "/log"]) == nil)
        }
    }
}
