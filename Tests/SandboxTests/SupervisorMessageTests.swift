import Testing

@testable import Sandbox

@Suite("Records between core and supervisor")
struct SupervisorMessageTests {
    static let launch = LaunchSpecification(
        worker: 7, executable: "/usr/bin/python3", arguments: ["/usr/bin/python3", "-u", ""],
        environment: ["A=b", "EMPTY=", "UMLAUT=ä"], workingDirectory: "/lambda", user: 1001, group: 1002)

    static let contained: LaunchSpecification = {
        var changed = SupervisorMessageTests.launch
        changed.supplementaryGroups = [20, 44]
        changed.container = ContainerSpecification(
            mounts: [
                .init(source: "/greengrass/ggc/deployments/1/lambda", destination: "/lambda"),
                .init(source: "/srv/data", destination: "/data", isWritable: true),
            ],
            devices: [.init(path: "/dev/video0", isWritable: true)], memoryLimit: 5 << 32 + 7, showsSysfs: true)
        return changed
    }()
    static let grants = LaunchGrants(
        identities: [LaunchIdentity(user: 1, group: 2), LaunchIdentity(user: 3, group: 4)],
        containerIdentities: [LaunchIdentity(user: 1001, group: 1002)], supplementaryGroups: [29],
        containerGroups: [20, 44],
        mounts: [
            .init(source: "/greengrass/ggc/deployments/1/lambda"), .init(source: "/srv/data", isWritable: true),
            .init(source: "/srv/read"),
        ],
        devices: [.init(path: "/dev/video0", isWritable: true), .init(path: "/dev/ttyS0")], showsSysfs: true)

    static let all: [SupervisorMessage] = [
        .mayLaunch(LaunchGrants()), .mayLaunch(grants), .launch(launch), .launch(contained),
        .signal(worker: 7, number: 15), .ready(problem: ""), .ready(problem: "something"),
        .cannotServe(reason: "why"), .started(worker: 7, process: 4711), .failed(worker: 7, reason: "why"),
        .exited(worker: 7, code: -1, signal: 9, outOfMemory: true),
        .exited(worker: 0xFFFF_FFFF, code: 255, signal: 0),
    ]

    @Test("Every message comes out of its record as it went in", arguments: all)
    func roundTrip(message: SupervisorMessage) throws {
        let bytes = try #require(message.encode())
        #expect(SupervisorMessage(bytes) == message)
    }

    @Test("A record cut anywhere, or with a byte more, is no message", arguments: all)
    func cut(message: SupervisorMessage) throws {
        let bytes = try #require(message.encode())
        for count in 0..<bytes.count { #expect(SupervisorMessage(Array(bytes[0..<count])) == nil) }
        #expect(SupervisorMessage(bytes + [0]) == nil)
    }

    @Test("Lengths and counts beyond the record are refused without being believed")
    func hostileLengths() throws {
        let bytes = try #require(SupervisorMessage.launch(Self.launch).encode())
        for position in 0..<bytes.count - 3 {
            var changed = bytes
            for index in 0..<4 { changed[position + index] = 0xFF }
            if case .launch(let launch)? = SupervisorMessage(changed) {
                #expect(launch.arguments.count == 3 && launch.environment.count == 3)
            }
        }
    }

    @Test("Random records never trap")
    func random() {
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0..<64)).map { _ in UInt8.random(in: 0...255) }
            if bytes.count > 4 { bytes.replaceSubrange(0..<4, with: [UInt8.random(in: 0...9), 0, 0, 0]) }
            if let message = SupervisorMessage(bytes) { #expect(message.encode() == bytes || !isUTF8(bytes)) }
        }
    }

    @Test("A zero byte inside a text is refused: the kernel would read another path than the policy did")
    func zeroByte() throws {
        var launch = Self.launch
        launch.executable = "/bin/a\0/usr/bin/b"
        let bytes = try #require(SupervisorMessage.launch(launch).encode())
        #expect(SupervisorMessage(bytes) == nil)
    }

    @Test("A record that would be too large is not made")
    func tooLarge() {
        var launch = Self.launch
        launch.environment = [String(repeating: "x", count: SupervisorMessage.largestRecord)]
        #expect(SupervisorMessage.launch(launch).encode() == nil)
    }

    private func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}

@Suite("What the supervisor allows")
struct LaunchPolicyTests {
    private let policy = LaunchPolicy(
        allowsRoot: false, coreUser: 900,
        grants: LaunchGrants(identities: [
            LaunchIdentity(user: 1001, group: 1002), LaunchIdentity(user: 0, group: 0),
            LaunchIdentity(user: 0, group: 1),
            LaunchIdentity(user: 1, group: 0), LaunchIdentity(user: 900, group: 1),
        ]), mostProcesses: 4)

    private func refusal(running: Int = 0, _ change: (inout LaunchSpecification) -> Void) -> String? {
        var launch = SupervisorMessageTests.launch
        change(&launch)
        return policy.refusal(of: launch, running: running)
    }

    @Test("An ordinary launch is allowed")
    func ordinary() { #expect(refusal { _ in } == nil) }

    @Test("LAM-18: user 0 and group 0 are refused with the setting that allows them")
    func root() {
        #expect(refusal { $0.user = 0 }?.contains("allowFunctionsToRunAsRoot") == true)
        #expect(refusal { $0.group = 0 }?.contains("allowFunctionsToRunAsRoot") == true)
    }

    @Test("Only identities of the deployed group's functions are started, and none before they are known")
    func strangers() {
        // A core that was taken over would ask for a person's files, or for the group of the disks.
        #expect(refusal { $0.user = 1000 }?.contains("user 1000 with group 1002") == true)
        #expect(refusal { $0.group = 6 }?.contains("group 6") == true)
        let unknown = LaunchPolicy(allowsRoot: true, coreUser: 900)
        #expect(unknown.refusal(of: SupervisorMessageTests.launch, running: 0) != nil)
    }

    @Test("Only what the core named while it was root is mounted, opened or joined")
    func containers() {
        let changes: [(name: String, isAllowed: Bool, change: (inout LaunchSpecification) -> Void)] = [
            ("ordinary", true, { _ in }),
            ("read-only where writing is granted", true, { $0.container?.mounts[1].isWritable = false }),
            ("no container", false, { $0.container = nil }),
            ("an unknown source", false, { $0.container?.mounts[0].source = "/etc" }),
            ("a folder above", false, { $0.container?.mounts[1].source = "/srv" }),
            ("another spelling", false, { $0.container?.mounts[1].source = "/srv/data/../other" }),
            ("writing where reading is granted", false, { $0.container?.mounts[0].isWritable = true }),
            ("over the root", false, { $0.container?.mounts[0].destination = "/" }),
            ("a relative place", false, { $0.container?.mounts[0].destination = "lambda" }),
            ("a place with ..", false, { $0.container?.mounts[0].destination = "/a/../../b" }),
            ("an unknown device", false, { $0.container?.devices[0].path = "/dev/sda" }),
            ("a device to write to", false, { $0.container?.devices = [.init(path: "/dev/ttyS0", isWritable: true)] }),
            ("a device to read", true, { $0.container?.devices = [.init(path: "/dev/ttyS0")] }),
            ("an unknown group", false, { $0.supplementaryGroups = [6] }),
            ("root's group", false, { $0.supplementaryGroups = [0] }),
            ("the group of a plain function", false, { $0.supplementaryGroups = [29] }),
            ("no limit of memory", false, { $0.container?.memoryLimit = nil }),
            (
                "too many mounts", false,
                { $0.container?.mounts = (0...64).map { .init(source: "/srv/read", destination: "/r\($0)") } }
            ),
        ]
        let policy = LaunchPolicy(allowsRoot: false, coreUser: 900, grants: SupervisorMessageTests.grants)
        for (name, isAllowed, change) in changes {
            var launch = SupervisorMessageTests.contained
            change(&launch)
            #expect((policy.refusal(of: launch, running: 0) == nil) == isAllowed, "\(name)")
        }
    }

    @Test("LRA-07: a group that a resource gives to functions in a container is given to no plain one")
    func plainGroups() {
        var grants = SupervisorMessageTests.grants
        grants.identities = grants.containerIdentities
        var policy = LaunchPolicy(allowsRoot: false, coreUser: 900, grants: grants)
        var launch = SupervisorMessageTests.contained
        launch.container = nil
        #expect(policy.refusal(of: launch, running: 0)?.contains("without a container the group 20") == true)
        launch.supplementaryGroups = [29]
        #expect(policy.refusal(of: launch, running: 0) == nil)
        policy.grants?.mayLackMemoryLimit = true
        launch = SupervisorMessageTests.contained
        launch.container?.memoryLimit = nil
        #expect(policy.refusal(of: launch, running: 0) == nil)
    }

    @Test("The core's own user, relative paths, no arguments and too many processes are refused")
    func others() {
        #expect(refusal { $0.user = 900 } != nil)
        #expect(refusal { $0.executable = "bin/x" } != nil)
        #expect(refusal { $0.workingDirectory = "" } != nil)
        #expect(refusal { $0.arguments = [] } != nil)
        #expect(refusal(running: 4) { _ in } != nil)
    }
}
