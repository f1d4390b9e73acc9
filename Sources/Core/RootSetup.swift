import Bytes
import Certificates
import JSON
import Linux
import TLS

/// Makes a working greengrass-root for a core without a cloud (`greengrassd init`), and devices for it.
public struct RootSetup {
    public let layout: Layout

    public init(root: String) {
        layout = Layout(root: root)
    }

    /// What `init` may be told; each has a default.
    public struct Wishes {
        public var thing: String?
        public var region: String?
        public var account: String?
        public var mqttPort: UInt16?
        public var daemonPort: UInt16?
        /// Of the group CA's and the core's key.
        var keys = KeyType.rsa2048
        /// What stands in for the cloud, where there is something.
        public var cloud: DemoSetup.Cloud?

        public init(thing: String?, region: String?, account: String?, mqttPort: UInt16?, daemonPort: UInt16?) {
            self.thing = thing
            self.region = region
            self.account = account
            self.mqttPort = mqttPort
            self.daemonPort = daemonPort
        }
    }

    /// V1's default region in its own examples; without a cloud it only names things.
    static let defaultRegion = "us-west-2"
    /// No AWS account has this number.
    static let defaultAccount = "000000000000"

    /// Makes folders, the group CA, the core's and the server's certificates, and last config.json: a root that has one
    /// is complete.
    /// - Returns: what was made, a line each.
    public func initialize(_ wishes: Wishes) throws(SetupError) -> [String] {
        guard !Files.exists(layout.configurationFile) else {
            throw SetupError(
                "\(layout.root) is a greengrass-root already: it has \(layout.configurationFile). Nothing was changed. "
                    + "Give another place with --root, or remove that file to make a new configuration.")
        }
        let thing = wishes.thing ?? Self.thingName(of: Interfaces.hostName())
        let arn =
            "arn:aws:iot:\(wishes.region ?? Self.defaultRegion):\(wishes.account ?? Self.defaultAccount):thing/\(thing)"
        do throws(SystemError) {
            try Files.makeDirectories(layout.certificates, mode: 0o755)
            try Files.makeDirectories(Path.parent(layout.configurationFile), mode: 0o755)
            try Files.makeDirectories(layout.writable, mode: 0o755)
        } catch {
            throw SetupError("The folders below \(layout.root) cannot be made", error)
        }
        var made: [String] = []
        let credential = try makeIdentities(thing, wishes.keys, &made)
        do throws(SystemError) {
            try Files.writeAtomically(
                layout.configurationFile, configuration(arn, credential, wishes).serialized(layout: .pretty),
                mode: 0o644)
        } catch {
            throw SetupError("The configuration cannot be written", error)
        }
        made.append("configuration     \(layout.configurationFile) (core thing \(thing))")
        return made
    }

    private func makeIdentities(
        _ thing: String, _ keys: KeyType, _ made: inout [String]
    ) throws(SetupError) -> DeviceCredential {
        do throws(CertificateError) {
            let folder = layout.groupCertificateAuthority
            // One that is left from an earlier, interrupted init is as good: devices may know it already.
            let authority =
                Files.exists(Path.join(folder, GroupAuthority.keyName))
                ? try GroupAuthority.load(from: folder) : try GroupAuthority.create(in: folder, type: keys)
            made.append(
                "group CA          \(Path.join(folder, GroupAuthority.certificateName)): devices trust this one")
            let credential = try coreCredential(thing, keys, authority)
            made.append("core certificate  \(credential.certificatePath)")
            _ = try ServerCertificate(directory: layout.serverState).prepare(
                authority: authority, names: Self.serverNames(), commonName: thing, at: Clock.realtime() / 1000)
            made.append("server certificate \(Path.join(layout.serverState, "server.crt"))")
            return credential
        } catch {
            throw SetupError("\(error.description). Nothing else was changed.")
        }
    }

    private func coreCredential(
        _ thing: String, _ keys: KeyType, _ authority: GroupAuthority
    ) throws(CertificateError) -> DeviceCredential {
        // RSA but for a demonstration: the key that protects secrets must be RSA and is this one by default (row CFG-19).
        for name in ["\(thing).cert.pem", "\(thing).private.key"] {
            do throws(SystemError) {
                try Files.removeTree(Path.join(layout.certificates, name))
            } catch {
                throw .file(purpose: "replacing a certificate of an interrupted init", error)
            }
        }
        return try DeviceCredential.create(
            name: thing, type: keys, authority: authority, directory: layout.certificates)
    }

    /// Makes a device's key and certificate in `certs/devices`.
    public func addDevice(name: String, type: KeyType) throws(SetupError) -> DeviceCredential {
        guard Files.exists(layout.groupCertificateAuthority) else {
            throw SetupError(
                "There is no group CA in \(layout.groupCertificateAuthority). `greengrassd --root \(layout.root) init` makes "
                    + "one; a core with a cloud gets its devices' certificates there.")
        }
        do throws(CertificateError) {
            let authority = try GroupAuthority.load(from: layout.groupCertificateAuthority)
            return try DeviceCredential.create(
                name: name, type: type, authority: authority, directory: Path.join(layout.certificates, "devices"))
        } catch {
            throw SetupError("The device \(name) was not added: \(error.description).")
        }
    }

    /// What a client may call this machine: its name and its addresses.
    static func serverNames() -> [SubjectName] {
        ServerCertificate.subjectNames([Interfaces.hostName()] + Interfaces.addresses())
    }

    /// The host's name as far as a thing may have it, with `-core` behind it.
    private static func thingName(of host: String) -> String {
        var name: [UInt8] = []
        for byte in host.utf8.prefix(100) {
            name.append(ThingARN.isValid(name: String(decoding: [byte], as: UTF8.self)) ? byte : UInt8(ascii: "-"))
        }
        return String(decoding: name, as: UTF8.self) + "-core"
    }

    private func configuration(_ arn: String, _ credential: DeviceCredential, _ wishes: Wishes) -> JSON {
        var coreThing: [(key: String, value: JSON)] = [(key: "thingArn", value: .string(arn))]
        if let port = wishes.mqttPort { coreThing.append((key: "ggMqttPort", value: .integer(Int64(port)))) }
        if let port = wishes.daemonPort { coreThing.append((key: "ggDaemonPort", value: .integer(Int64(port)))) }
        if let cloud = wishes.cloud {
            coreThing.append((key: "iotHost", value: .string(cloud.host)))
            coreThing.append((key: "iotMqttPort", value: .integer(Int64(cloud.port))))
        }
        let authority = Path.join(layout.groupCertificateAuthority, GroupAuthority.certificateName)
        return [
            "coreThing": .object(coreThing),
            "managedRespawn": false,
            "crypto": [
                "caPath": .string("file://\(authority)"),
                "principals": [
                    "IoTCertificate": [
                        "privateKeyPath": .string("file://\(credential.keyPath)"),
                        "certificatePath": .string("file://\(credential.certificatePath)"),
                    ],
                    "SecretsManager": ["privateKeyPath": .string("file://\(credential.keyPath)")],
                ],
            ],
        ]
    }
}
