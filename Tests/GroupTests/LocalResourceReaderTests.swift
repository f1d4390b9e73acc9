import Group
import Testing

@Suite("Local resources of a group")
struct LocalResourceReaderTests {
    private typealias F = GroupFixture

    private let containers: GroupRules = {
        var rules = GroupRules()
        rules.containers = true
        return rules
    }()

    private func resource(_ data: String, id: String = "r") -> String {
        "{\"Id\": \"\(id)\", \"Name\": \"n\", \"ResourceDataContainer\": {\(data)}}"
    }

    private func volume(_ source: String, _ destination: String = "/dest", owner: String = "", id: String = "r")
        -> String
    {
        resource(
            #""LocalVolumeResourceData": {"SourcePath": "\#(source)", "DestinationPath": "\#(destination)"\#(owner)}"#,
            id: id)
    }

    private func device(_ source: String) -> String {
        resource(#""LocalDeviceResourceData": {"SourcePath": "\#(source)"}"#)
    }

    private func read(_ resource: String) -> LocalResource? {
        F.valid("{\"Resources\": [\(resource)]}").resources.first?.local
    }

    private func refuses(
        _ resource: String, at key: String, saying words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        F.refuses(
            "{\"Resources\": [\(resource)]}", at: "$.Resources[0].ResourceDataContainer." + key, saying: words,
            sourceLocation: sourceLocation)
    }

    /// A function in a container, or without one, with policies for resources.
    private func group(_ policies: [(id: String, permission: String)], _ resources: String..., isolated: Bool = true)
        -> String
    {
        let list = policies.map { #"{"ResourceId": "\#($0.id)", "Permission": "\#($0.permission)"}"# }
        let mode = isolated ? "\"MemorySize\": 16384, " : ""
        let configuration = "{\(mode)\"Environment\": {\"ResourceAccessPolicies\": [\(list.joined(separator: ","))]}}"
        return "{\(isolated ? "" : F.noContainer + ",")\"Functions\": [\(F.function(configuration: configuration))], "
            + "\"Resources\": [\(resources.joined(separator: ","))]}"
    }

    private let policies = "$.Functions[0].FunctionConfiguration.Environment.ResourceAccessPolicies"

    @Test("LRA-01: the guide's resource definition (lra-cli.md) is read")
    func theGuides() throws {
        let owner = #", "GroupOwnerSetting": {"AutoAddGroupOwner": true, "GroupOwner": ""}"#
        #expect(
            read(volume("/src/LRAtest", "/dest/LRAtest", owner: owner))
                == LocalResource(source: "/src/LRAtest", destination: "/dest/LRAtest", groupOwner: .automatic))
        #expect(read(device("/dev/video0")) == LocalResource(source: "/dev/video0", destination: "/dev/video0"))
        #expect(read(volume("//src/LRAtest/", "/dest//x/"))?.source == "/src/LRAtest")
    }

    @Test("LRA-07: AutoAddGroupOwner wins over GroupOwner")
    func groupOwner() {
        func owner(_ setting: String) -> LocalResource.GroupOwner? {
            read(volume("/src", owner: ", \"GroupOwnerSetting\": {\(setting)}"))?.groupOwner
        }
        #expect(owner(#""AutoAddGroupOwner": true, "GroupOwner": "dialout""#) == .automatic)
        #expect(owner(#""AutoAddGroupOwner": false, "GroupOwner": "dialout""#) == .named("dialout"))
        #expect(owner(#""GroupOwner": """#) == LocalResource.GroupOwner.none)
        #expect(owner("") == LocalResource.GroupOwner.none)
        refuses(
            volume("/src", owner: #", "GroupOwnerSetting": {"GroupOwner": "a b"}"#),
            at: "LocalVolumeResourceData.GroupOwnerSetting.GroupOwner", saying: "name of a Linux group")
    }

    @Test("LRA-02: Id and Name have 128 letters, digits, colons, underscores and hyphens at most")
    func names() {
        let data = #""ResourceDataContainer": {"SecretsManagerSecretResourceData": {}}"#
        F.refuses(
            #"{"Resources": [{"Id": "a", "Name": "a b", \#(data)}]}"#, at: "$.Resources[0].Name",
            saying: "letters, digits")
        let long = String(repeating: "n", count: 129)
        F.refuses(
            #"{"Resources": [{"Id": "a", "Name": "\#(long)", \#(data)}]}"#, at: "$.Resources[0].Name", saying: "128")
        F.refuses(
            #"{"Resources": [{"Id": "\#(long)", "Name": "a", \#(data)}]}"#, at: "$.Resources[0].Id", saying: "128")
    }

    @Test(
        "LRA-03, LRA-11: what cannot be a volume's source",
        arguments: [
            ("/sys/class/gpio", "AccessSysfs"), ("/sys", "AccessSysfs"), ("/dev/ttyS0", "LocalDeviceResourceData"),
            ("/dev", "LocalDeviceResourceData"), ("/var", "mount --bind"), ("/var/run", "mount --bind"),
            ("/var/lib/x", "mount --bind"), ("/", "whole machine"), ("relative", "absolute path"),
            ("/a/../sys", "without . and .."), ("/a/./b", "without . and .."), ("/a\\u0000b", "control characters"),
        ])
    func volumeSources(source: String, words: String) {
        refuses(volume(source), at: "LocalVolumeResourceData.SourcePath", saying: words)
    }

    @Test("LRA-03: paths that only begin like these are others")
    func similarSources() {
        for path in ["/system", "/devices", "/variable", "/srv/dev/x", "/proc/net", "/run/x"] {
            #expect(read(volume(path))?.source == path)
        }
        #expect(read(volume("/dev/shm", "/dev/shm"))?.destination == "/dev/shm")
    }

    @Test(
        "LRA-03, LAM-20: what cannot be a volume's destination",
        arguments: [
            ("/", "hide everything"), ("/proc", "/host-proc"), ("/proc/net", "/host-proc"), ("/sys/x", "/data"),
            ("/dev/x", "/data"), ("/lambda", "/data"), ("/runtime/python", "/data"), ("/greengrass_ipc.sock", "/data"),
            ("/greengrass_bytecode/lambda", "/data"),
            ("/functions", "/data"), ("/functions/alarm", "/data"),
            ("/dev/shm", "only what comes from /dev/shm"), ("dest", "absolute path"),
        ])
    func destinations(destination: String, words: String) {
        refuses(volume("/src", destination), at: "LocalVolumeResourceData.DestinationPath", saying: words)
    }

    @Test("LRA-03: a container shows nothing in the core's own folder, and so no volume either")
    func coreFolder() {
        var rules = containers
        rules.hiddenFolders = ["/greengrass"]
        F.refuses(
            group([("r", "rw")], volume("/src", "/greengrass/x")), at: policies,
            saying: "lies in /greengrass: this core's own folder", rules)
        let fine = F.read(group([("r", "rw")], volume("/src", "/greengrasses")), rules)
        #expect(fine.report.violations.isEmpty)
        let plain = F.read(group([("r", "rw")], volume("/src", "/greengrass/x"), isolated: false), rules)
        #expect(plain.report.violations.isEmpty)
    }

    @Test(
        "LRA-04: a device lies below /dev",
        arguments: [
            ("/tmp/tty", "not below /dev"), ("/dev", "not below /dev"), ("/dev/shm", "shared memory"),
            ("/dev/shm/x", "shared memory"), ("/devices/x", "not below /dev"),
            ("/dev/../etc/passwd", "without . and .."),
        ])
    func devices(source: String, words: String) {
        refuses(device(source), at: "LocalDeviceResourceData.SourcePath", saying: words)
    }

    @Test("LRA-12, PLAT-17: the guide's typical devices, and the GPU of a Jetson")
    func typicalDevices() {
        for path in [
            "/dev/ttyS0", "/dev/bus/usb", "/dev/gpiomem", "/dev/nvidia0", "/dev/dri/renderD128", "/dev/nvhost-gpu",
            "/dev/nvmap",
        ] {
            #expect(read(device(path))?.source == path)
        }
    }

    @Test("LRA-01: a resource names its paths, and they are texts")
    func missingPaths() {
        refuses(
            resource(#""LocalVolumeResourceData": {"SourcePath": "/src"}"#),
            at: "LocalVolumeResourceData.DestinationPath", saying: "missing; write the absolute path")
        refuses(
            resource(#""LocalDeviceResourceData": {"SourcePath": 5}"#), at: "LocalDeviceResourceData.SourcePath",
            saying: "found a number")
    }

    @Test("LRA-03, LRA-11: /dev/shm is rw only, /proc ro only")
    func permissions() {
        let shared = volume("/dev/shm/x", "/dev/shm/x")
        F.refuses(group([("r", "ro")], shared), at: policies, saying: "must have the Permission \"rw\"", containers)
        _ = F.valid(group([("r", "rw")], shared), containers)
        let process = volume("/proc", "/host-proc")
        F.refuses(group([("r", "rw")], process), at: policies, saying: "Permission \"ro\" only", containers)
        let group = F.valid(group([("r", "ro")], process), containers)
        let found = group.localResources(of: group.functions[0])
        #expect(found.count == 1 && found[0].local.destination == "/host-proc" && !found[0].access.writable)
    }

    @Test("LRA-03: two resources of a function do not hide each other")
    func sameDestination() {
        let two = group([("a", "ro"), ("b", "ro")], volume("/x", id: "a"), volume("/y", id: "b"))
        F.refuses(two, at: policies, saying: "would hide the other", containers)
        let twice = group([("a", "ro"), ("a", "rw")], volume("/x", id: "a"))
        F.refuses(twice, at: policies, saying: "is named twice", containers)
    }

    @Test("LRA-09, LAM-14: volumes and devices work without a container too; that ro does not hold is a warning")
    func withoutContainer() {
        let (group, report) = F.read(group([("r", "ro")], volume("/src"), isolated: false))
        #expect(report.isValid)
        #expect(report.warnings.map(\.path) == [policies])
        #expect(group.localResources(of: group.functions[0]).count == 1)
    }

    @Test(
        "LRA-10, LAM-21: as many resources as AWS's later limits; more than 1.9's is a warning, more than those refused"
    )
    func limits() {
        func many(_ count: Int) -> String {
            let resources = (0..<count).map { volume("/src/\($0)", "/dest/\($0)", id: "r\($0)") }
            return "{\"Resources\": [\(resources.joined(separator: ","))]}"
        }
        #expect(F.read(many(50)).report.findings.isEmpty)
        #expect(F.read(many(51)).report.warnings.count == 1)
        F.refuses(many(201), at: "$.Resources", saying: "at most 200")
        func policies(_ count: Int) -> String {
            let list = (0..<count).map { (id: "r\($0)", permission: "ro") }
            let resources = (0..<count).map { volume("/src/\($0)", "/dest/\($0)", id: "r\($0)") }
            return group(list, resources.joined(separator: ","))
        }
        #expect(F.read(policies(10), containers).report.findings.isEmpty)
        #expect(F.read(policies(11), containers).report.warnings.count == 1)
        F.refuses(policies(21), at: self.policies, saying: "at most 20", containers)
    }
}
