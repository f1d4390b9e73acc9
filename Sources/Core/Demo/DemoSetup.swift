import Certificates
import Deployment
import JSON
import Linux
import TLS

/// Makes a core to play with: a root without a cloud (or with one that stands in), two devices, a group, deployed
/// (`greengrassd init --demo`, and a container with nothing mounted).
///
/// Each step is left out where it was done before, so that one that was interrupted goes on where it was.
public struct DemoSetup {
    /// Where the core finds what stands in for its cloud.
    public struct Cloud: Sendable {
        public let host: String
        public let port: UInt16

        /// From `HOST:PORT`; nil when it is something else.
        public init?(_ text: String) {
            let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty,
                let port = UInt16(String(decoding: Array(parts[1]), as: UTF8.self)),
                port > 0
            else { return nil }
            host = String(decoding: Array(parts[0]), as: UTF8.self)
            self.port = port
        }
    }

    public let layout: Layout
    let executable: String?
    /// Nil where people reach this machine's files themselves.
    let container: OuterContainer?

    public init(root: String, executable: String?, container: OuterContainer? = nil) {
        self.container = container
        layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        self.executable = executable
    }

    /// Whether the root is a demonstration's, whole or interrupted.
    public static func isDemo(root: String) -> Bool { Files.exists(Layout(root: root).demo) }

    /// - Parameters:
    ///   - wishes: what `init` may be told.
    ///   - say: gets a line for each thing that is made.
    /// - Returns: what to tell the person.
    public func make(_ wishes: RootSetup.Wishes, say: (String) -> Void) throws(SetupError) -> DemoGuide {
        if Files.exists(layout.configurationFile), !Self.isDemo(root: layout.root) {
            throw SetupError(
                "\(layout.root) has a core of its own: there is \(layout.configurationFile). A demonstration is made in an "
                    + "empty root only; give another one with --root, or leave --demo out.")
        }
        try step("The demonstration's folder cannot be made") { () throws(SystemError) in
            try Files.makeDirectories(layout.demo, mode: 0o755)
            try Files.makeDirectories(layout.demoDevices, mode: 0o700)
        }
        let setup = RootSetup(root: layout.root)
        if !Files.exists(layout.configurationFile) {
            var wishes = wishes
            // Three RSA keys would be most of the time until somebody sees that it works: seconds each on ARMv6.
            wishes.keys = .ecP256
            for line in try setup.initialize(wishes) { say(line) }
        }
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration.read(root: layout.root).configuration
        } catch {
            throw SetupError(error.description)
        }
        var group = DemoGroup(configuration)
        group.certificates = try devices(setup, say)
        if let host = configuration.iotHost { try issueCloud(host) }
        try deploy(group, configuration, say)
        return DemoGuide(group, layout, port: configuration.mqttPort, container: container)
    }

    private func step(_ what: String, _ body: () throws(SystemError) -> Void) throws(SetupError) {
        do throws(SystemError) { try body() } catch { throw SetupError(what, error) }
    }

    /// Makes the devices' certificates and lays what a device needs side by side, for one `docker cp`.
    private func devices(
        _ setup: RootSetup, _ say: (String) -> Void
    ) throws(SetupError) -> [(name: String, digest: String)] {
        var found: [(name: String, digest: String)] = []
        let folder = "\(layout.certificates)/devices"
        for name in DemoGroup.devices {
            let path = "\(folder)/\(name).cert.pem"
            if !Files.exists(path) {
                // A key without its certificate is what an interruption left.
                try step("A key that an interrupted start left cannot be removed") { () throws(SystemError) in
                    try Files.removeTree("\(folder)/\(name).private.key")
                }
                _ = try setup.addDevice(name: name, type: .ecP256)
                say("device            \(name)")
            }
            do throws(TLSError) {
                let text = try read(path)
                found.append((name, try Certificate.read(text, source: path).id.description))
            } catch {
                throw SetupError("The device \(name) of the demonstration has no certificate: \(error.description).")
            }
            for file in ["\(name).cert.pem", "\(name).private.key"] {
                try copy("\(folder)/\(file)", to: "\(layout.demoDevices)/\(file)", mode: 0o600)
            }
        }
        try copy("\(layout.groupCertificateAuthority)/ca.crt", to: "\(layout.demoDevices)/ca.crt", mode: 0o644)
        return found
    }

    private func read(_ path: String) throws(TLSError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(path, limit: Certificate.largestPEM)
        } catch {
            throw .unreadableCertificate(source: path, reason: error.description)
        }
    }

    private func copy(_ path: String, to target: String, mode: UInt32) throws(SetupError) {
        try step("\(target) cannot be made") { () throws(SystemError) in
            try Files.writeAtomically(target, try Files.read(path, limit: Certificate.largestPEM), mode: mode)
        }
    }

    /// A certificate for the broker that stands in for the cloud, in `demo/cloud`; another one before it ends.
    private func issueCloud(_ host: String) throws(SetupError) {
        do throws(CertificateError) {
            _ = try ServerCertificate(directory: layout.demoCloud, lifetimeDays: 30).prepare(
                authority: try GroupAuthority.load(from: layout.groupCertificateAuthority),
                names: ServerCertificate.subjectNames([host]), commonName: host, at: Clock.realtime() / 1000)
        } catch {
            throw SetupError("The certificate of what stands in for the cloud cannot be made: \(error.description).")
        }
    }

    private func deploy(
        _ group: DemoGroup, _ configuration: Configuration, _ say: (String) -> Void
    ) throws(SetupError) {
        let compiler = PythonCompiler(configuration, runtimes: layout.runtimes(executable: executable))
        // Its group has no container (`DemoGroup`): nobody needs to know whether there could be one.
        let deployer = DeploymentSettings.deployer(configuration, layout, containers: .assumed, compiler: compiler)
        do throws(DeploymentError) {
            if try deployer.loadCurrent() != nil { return }
        } catch {
            throw SetupError(
                "Whether the demonstration's group is deployed cannot be told: \(error.description)")
        }
        try step("The demonstration's group cannot be written") { () throws(SystemError) in try write(group) }
        do throws(DeploymentError) {
            let applied = try deployer.apply(layout.demoGroup)
            say("group             \(layout.demoGroup), deployed as \(applied.id.description)")
        } catch {
            throw SetupError("The demonstration's group cannot be deployed: \(error.description)")
        }
    }

    private func write(_ group: DemoGroup) throws(SystemError) {
        try Files.makeDirectories(layout.demoGroup, mode: 0o755)
        for function in group.functions {
            let folder = Path.join(layout.demoGroup, function.name)
            try Files.makeDirectories(folder, mode: 0o755)
            try Files.writeAtomically(Path.join(folder, function.file), [UInt8](function.code.utf8), mode: 0o644)
        }
        try Files.writeAtomically(
            Path.join(layout.demoGroup, "group.json"), group.definition.serialized(layout: .pretty), mode: 0o644)
    }
}
