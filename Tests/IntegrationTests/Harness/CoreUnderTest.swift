import Foundation
import Testing

/// A root of its own with the built `greengrassd`, driven by its command line as a person would.
///
/// `CoreUnderTest.run` makes one, hands it to the test, stops it whatever happened, and asserts that no process of it
/// is left.
final class CoreUnderTest {
    let root: String
    let mqttPort: Int
    let daemonPort: Int
    private(set) var identities: [String: Identity] = [:]
    /// What every command gets besides the PATH.
    var environment: [String: String] = [:]
    /// What each command is started by, for instance `setpriv` and its options.
    var prefix: [String]

    /// Where a core that is root says that it runs, wherever it writes; one that was killed leaves them.
    private var systemFiles: [String] {
        let escaped = root.dropFirst().map { "-_".contains($0) ? "_\($0)" : $0 == "/" ? "-" : String($0) }
        return ["lock", "pid"].map { "/var/run/greengrassd-\(escaped.joined()).\($0)" }
    }

    /// - Parameters:
    ///   - place: between a folder of the test's own and the root.
    ///   - prefix: what each command, `init` among them, is started by.
    static func run(
        in place: String = "", by prefix: [String] = [], _ body: (CoreUnderTest) throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let core = try CoreUnderTest(place, prefix)
        defer { core.tearDown(sourceLocation) }
        do {
            try body(core)
        } catch is RefusedAsExpected {
        } catch {
            Issue.record("\(error)\n\(core.logs())", sourceLocation: sourceLocation)
        }
    }

    private let folder: String

    private init(_ place: String, _ prefix: [String]) throws {
        folder = FileManager.default.temporaryDirectory.path + "/perennial-test-\(UUID().uuidString.prefix(8))"
        root = folder + place + "/greengrass"
        self.prefix = prefix
        mqttPort = try Places.freePort()
        daemonPort = try Places.freePort()
        do {
            try setUp()
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private func setUp() throws {
        try install()
        // The core runs as a user of its own and reaches its root through this folder (PLAT-19).
        chmod(folder, 0o755)
        let initialised = try command(
            "init", "--thing", GroupFolder().core, "--region", GroupFolder.region, "--account", GroupFolder.account,
            "--mqtt-port", String(mqttPort), "--daemon-port", String(daemonPort))
        guard initialised.succeeded else { throw HarnessError("init failed: \(initialised)") }
    }

    /// Puts the program and its runtimes where V1's archive unpacks them (gg-core.md, INST-02).
    private func install() throws {
        let manager = FileManager.default
        let package = root + "/ggc/packages/test"
        try manager.createDirectory(atPath: package, withIntermediateDirectories: true)
        try Child.whileNoneStarts {
            try manager.copyItem(atPath: Places.greengrassd, toPath: package + "/greengrassd")
        }
        try manager.copyItem(atPath: Places.top + "/Sources/Runtimes", toPath: package + "/runtime")
        let library = try NativeProgram.library.get()
        let executable = package + "/runtime/executable"
        try manager.createDirectory(atPath: executable, withIntermediateDirectories: true)
        try manager.copyItem(atPath: library, toPath: executable + "/" + (library as NSString).lastPathComponent)
        try manager.createSymbolicLink(atPath: root + "/ggc/core", withDestinationPath: "packages/test")
    }

    private func tearDown(_ sourceLocation: SourceLocation) {
        _ = try? command("stop")
        let left = ProcessTable.naming(root)
        #expect(left.isEmpty, "processes are left after stop", sourceLocation: sourceLocation)
        for process in left { kill(process.pid, SIGKILL) }
        for file in systemFiles { try? FileManager.default.removeItem(atPath: file) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: commands

    /// Runs `greengrassd`; `start` and `restart` in insecure mode where this machine does not protect links (PLAT-07).
    @discardableResult
    func command(_ words: String...) throws -> CommandResult {
        let starts = words.contains("start") || words.contains("restart")
        return try plainCommand(starts && !Places.linksAreProtected ? ["-i"] + words : words)
    }

    /// Runs `greengrassd` with exactly these words.
    func plainCommand(_ words: [String]) throws -> CommandResult {
        // The system's interpreters alone: one in somebody's home folder is not for the functions' user to run.
        return try CommandResult.run(
            prefix + [root + "/ggc/core/greengrassd"] + words,
            environment: ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
                .merging(environment) { $1 })
    }

    func start() throws {
        let result = try command("start")
        guard result.succeeded else { throw HarnessError("start failed: \(result)") }
    }

    /// Makes the devices, writes the group, deploys it and starts the core. A group with containers is refused in an
    /// environment without, which ends the test as it should, unless functions fall back.
    func start(_ group: GroupFolder, fallsBack: Bool = false, devices: String...) throws {
        if !fallsBack { try expectRefusal(of: group) }
        try deploy(group, devices: devices)
        try start()
    }

    /// - Parameter devices: the group's; those that have no identity yet get one.
    func deploy(_ group: GroupFolder, devices: [String] = []) throws {
        var group = group
        for name in devices {
            let identity = try identities[name] ?? addDevice(name)
            group.devices.append((name, identity.certificateID))
        }
        let result = try deployFolder(group)
        guard result.succeeded else { throw HarnessError("deploy failed: \(result)") }
    }

    /// Writes the group to a folder beside the root and deploys it.
    func deployFolder(_ group: GroupFolder) throws -> CommandResult {
        let folder = groupFolder
        try group.write(to: folder)
        return try command("deploy", folder)
    }

    var groupFolder: String { (root as NSString).deletingLastPathComponent + "/group" }

    func addDevice(_ name: String) throws -> Identity {
        let result = try command("device", "add", name)
        guard result.succeeded else { throw HarnessError("device add failed: \(result)") }
        let identity = try Identities.added(name, root: root, said: result)
        identities[name] = identity
        return identity
    }

    /// What `status --json` says.
    func status() throws -> [String: Any] {
        let result = try command("status", "--json")
        let text = result.output.joined(separator: "\n")
        guard let status = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw HarnessError("status --json is no object: \(result)")
        }
        return status
    }

    // MARK: devices

    func device(_ client: Device.Client, _ name: String, subscribe: String..., options: [String] = []) throws -> Device
    {
        guard let identity = identities[name] else { throw HarnessError("\(name) has not been added") }
        let device = try Device(
            client, name: name, identity: identity, port: mqttPort, subscribe: subscribe, options: options)
        try device.ready(subscribe.count)
        return device
    }

    /// A device that tries until the core, which is being started again, accepts it.
    func persistentDevice(_ client: Device.Client, _ name: String, subscribe: String...) throws -> Device {
        guard let identity = identities[name] else { throw HarnessError("\(name) has not been added") }
        let deadline = Deadline()
        var last: (any Error)?
        while deadline.millisecondsLeft > 0 {
            let device = try Device(client, name: name, identity: identity, port: mqttPort, subscribe: subscribe)
            do {
                try device.ready(subscribe.count)
                return device
            } catch {
                last = error
            }
        }
        throw last ?? HarnessError("\(name) had no time to connect")
    }

    // MARK: files

    var configPath: String { root + "/config/config.json" }

    func configure(_ change: (inout [String: Any]) throws -> Void) throws {
        let url = URL(fileURLWithPath: configPath)
        guard var config = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any] else {
            throw HarnessError("config.json is no object")
        }
        try change(&config)
        let text = try JSONSerialization.data(
            withJSONObject: config, options: [.prettyPrinted, .withoutEscapingSlashes])
        // Written in place: the file keeps its owner and mode.
        let handle = try FileHandle(forWritingTo: url)
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: text)
        try handle.close()
    }

    var logFolder: String { root + "/ggc/var/log" }
    var systemLog: String { logFolder + "/system/runtime.log" }
    func userLog(_ function: String) -> String {
        "\(logFolder)/user/\(GroupFolder.region)/\(GroupFolder.account)/\(function).log"
    }

    /// Waits until a line of the log holds, and returns it.
    func line(in log: String, where condition: (String) -> Bool) throws -> String {
        // tail follows a file over its rotation and waits for one that is not there yet.
        let tail = try Child(["tail", "-n", "+1", "-s", "0.1", "-F", log])
        guard let line = tail.output.first(where: condition) else {
            throw HarnessError("the line did not come in \(log); it has:\n\(tail.output.seen.joined(separator: "\n"))")
        }
        return line
    }

    func line(in log: String, containing text: String) throws -> String {
        try line(in: log) { $0.contains(text) }
    }

    /// Everything in the log files, for the message of a failure.
    func logs() -> String {
        let files = FileManager.default.enumerator(atPath: logFolder)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".log") }.sorted().map { name in
            "--- \(name)\n" + ((try? String(contentsOfFile: "\(logFolder)/\(name)", encoding: .utf8)) ?? "")
        }.joined(separator: "\n")
    }
}
