import Bytes
import JSON

/// Takes a configuration out of its document and collects what is wrong with it.
final class ConfigurationReader {
    private let document: JSONDocument
    let certificates: String
    let findings = JSONFindings()
    var ownProblems: [String] = []

    init(document: JSONDocument, certificates: String) {
        self.document = document
        self.certificates = certificates
    }

    /// One sentence each, with the key and its line.
    var problems: [String] {
        findings.errors.map { "\($0.description) (\(place($0.path)))." } + ownProblems
    }

    var warnings: [String] {
        findings.warnings.map { "\($0.description) (\(place($0.path)))." }
    }

    /// Nil where there are problems.
    func read() -> Configuration? {
        let root = document.root
        if findings.take({ () throws(JSONMismatch) in try root.object() }) == nil { return nil }
        warnOfUnknownKeys(root)
        let thing = readThing(root["coreThing"]["thingArn"])
        var configuration = Configuration(thing: thing ?? Self.anyThing)
        readCoreThing(root["coreThing"], into: &configuration)
        readRuntime(root["runtime"], into: &configuration)
        readRetry(root, into: &configuration)
        configuration.writeDirectory = absolutePath(root["writeDirectory"], what: "a folder")
        configuration.principal =
            root["crypto"].isPresent
            ? readCrypto(root["crypto"], cloud: configuration.iotHost != nil)
            : readOldPaths(root["coreThing"], cloud: configuration.iotHost != nil)
        return findings.hasErrors || !ownProblems.isEmpty ? nil : configuration
    }

    /// Stands in while the rest of a file whose thing is wrong is still checked; never given out.
    private static var anyThing: ThingARN {
        guard let thing = ThingARN("arn:aws:iot:::thing/core") else { preconditionFailure("a valid ARN") }
        return thing
    }

    private func place(_ path: JSONPath) -> String { document.position(of: path).description }

    private func readThing(_ node: JSONNode) -> ThingARN? {
        guard let text = findings.take({ () throws(JSONMismatch) in try node.nonEmptyString() }) else { return nil }
        guard let thing = ThingARN(text) else {
            findings.add(node.mismatch("a thing's ARN, arn:aws:iot:REGION:ACCOUNT:thing/NAME", showingValue: true))
            return nil
        }
        return thing
    }

    private func readCoreThing(_ node: JSONNode, into configuration: inout Configuration) {
        readCloud(node, into: &configuration)
        configuration.mqttPort = port(node["ggMqttPort"], or: 8883)
        configuration.daemonPort = port(node["ggDaemonPort"], or: 8000)
        if configuration.mqttPort == configuration.daemonPort {
            ownProblems.append(
                "$.coreThing.ggMqttPort and $.coreThing.ggDaemonPort are both \(configuration.mqttPort): devices and "
                    + "functions need a port each; change one of them.")
        }
    }

    private func readRuntime(_ node: JSONNode, into configuration: inout Configuration) {
        configuration.healthCheckTimeout =
            integer(node["postStartHealthCheckTimeout"], in: 1...3_600_000) ?? 30_000
        configuration.allowsRootFunctions = yesOrNo(node["allowFunctionsToRunAsRoot"])
        configuration.fallsBackToNoContainer = yesOrNo(node["fallBackToNoContainer"])
        // V1.11: the least value is that of lruSize.
        let kept = integer(node["lruSize"], in: 1...10_000)
        let least = kept ?? 1
        configuration.onDemandWorkers = integer(node["maxConcurrentLimit"], in: least...10_000) ?? max(25, least)
        configuration.spareWorkers = integer(node["spareWorkers"], in: 0...10) ?? 0
        configuration.idleWorkers = kept ?? 25
        configuration.workItems = integer(node["maxWorkItemCount"], in: 1...1_000_000)
        for (key, node) in [
            ("runtime.cgroup.useSystemd", node["cgroup"]["useSystemd"]),
            ("runtime.mountAllBlockDevices", node["mountAllBlockDevices"]),
        ] where node.isPresent {
            _ = yesOrNo(node)
            configuration.keysWithoutEffect.append(key)
        }
        configuration.servesMetrics = yesOrNo(node["metrics"])
        let members = findings.take { () throws(JSONMismatch) in try node["interpreters"].objectIfPresent() } ?? []
        for (runtime, node) in members {
            guard let program = findings.take({ () throws(JSONMismatch) in try node.nonEmptyString() }) else {
                continue
            }
            configuration.interpreters.append((runtime: runtime, program: program))
        }
    }

    /// Rows CFG-02 and CFG-25: paths relative to the certs folder, as files before 1.7 have them.
    private func readOldPaths(_ node: JSONNode, cloud: Bool) -> Configuration.Principal? {
        let keys = ["caPath", "certPath", "keyPath"]
        if !cloud, keys.allSatisfy({ !node[$0].isPresent }) { return nil }
        let paths = keys.map { (key) -> String? in
            guard node[key].isPresent else {
                missing("$.coreThing.\(key)")
                return nil
            }
            guard let path = findings.take({ () throws(JSONMismatch) in try node[key].nonEmptyString() }) else {
                return nil
            }
            return path.hasPrefix("/") ? path : "\(certificates)/\(path)"
        }
        guard let authority = paths[0], let certificate = paths[1], let key = paths[2] else { return nil }
        return Configuration.Principal(certificateAuthority: authority, certificate: certificate, privateKey: key)
    }

    /// Rows CFG-15 and CFG-17.
    private func readCrypto(_ node: JSONNode, cloud: Bool) -> Configuration.Principal? {
        let principal = node["principals"]["IoTCertificate"]
        let nodes = [node["caPath"], principal["certificatePath"], principal["privateKeyPath"]]
        if !cloud, nodes.allSatisfy({ !$0.isPresent }) { return nil }
        let paths = nodes.map { (node) -> String? in
            guard node.isPresent else {
                missing(node.path.description)
                return nil
            }
            return file(node)
        }
        for name in ["MQTTServerCertificate", "SecretsManager"] {
            let key = node["principals"][name]["privateKeyPath"]
            if key.isPresent { _ = file(key) }
        }
        guard let authority = paths[0], let certificate = paths[1], let key = paths[2] else { return nil }
        return Configuration.Principal(certificateAuthority: authority, certificate: certificate, privateKey: key)
    }

    private func missing(_ key: String) {
        ownProblems.append(
            "The configuration file is missing the CaPath, CertPath or KeyPath: \(key) is not there. A core with a "
                + "cloud has either coreThing.caPath, certPath and keyPath, relative to its certs folder, or crypto.caPath "
                + "and crypto.principals.IoTCertificate.certificatePath and privateKeyPath, as file:///absolute/path.")
    }
}

extension ConfigurationReader {
    func text(_ node: JSONNode) -> String? {
        (findings.take { () throws(JSONMismatch) in try node.stringIfPresent() }) ?? nil
    }

    func integer(_ node: JSONNode, in range: ClosedRange<Int64>) -> Int64? {
        (findings.take { () throws(JSONMismatch) in try node.integerIfPresent(in: range) }) ?? nil
    }

    /// Rows B-01 and B-03 of the additions after 1.9: 1024 to 65535.
    private func port(_ node: JSONNode, or standard: UInt16) -> UInt16 {
        integer(node, in: 1024...65_535).map { UInt16($0) } ?? standard
    }

    /// V1 writes its switches as texts. Its template holds a literal `[yes|no]`, which users forget to edit.
    private func yesOrNo(_ node: JSONNode) -> Bool {
        if case .boolean(let flag) = node.value { return flag }
        guard node.isPresent else { return false }
        return findings.take { () throws(JSONMismatch) in try node.string(oneOf: ["yes", "no"]) } == "yes"
    }

    private func absolutePath(_ node: JSONNode, what: String) -> String? {
        guard let path = text(node) else { return nil }
        guard path.hasPrefix("/") else {
            findings.add(node.mismatch("the absolute path of \(what)", showingValue: true))
            return nil
        }
        return path
    }

    /// `file:///absolute/path`, or the absolute path alone.
    func file(_ node: JSONNode) -> String? {
        guard let text = findings.take({ () throws(JSONMismatch) in try node.nonEmptyString() }) else { return nil }
        if text.hasPrefix("file:///") { return String(text.dropFirst(7)) }
        if text.hasPrefix("/") { return text }
        if text.hasPrefix("pkcs11:") {
            findings.add(
                node.mismatch("file:///absolute/path (this version has no hardware keys yet)", showingValue: false))
        } else {
            // V1 said ErrUnknownURIScheme and nothing else (row CFG-24).
            findings.add(node.mismatch("file:///absolute/path (ErrUnknownURIScheme)", showingValue: true))
        }
        return nil
    }

    private func warnOfUnknownKeys(_ root: JSONNode) {
        let known: [(JSONNode, [String])] = [
            (
                root,
                [
                    "coreThing", "runtime", "crypto", "managedRespawn", "writeDirectory", "system",
                    "mqttMaxConnectionRetryInterval",
                ]
            ),
            (
                root["coreThing"],
                [
                    "caPath", "certPath", "keyPath", "thingArn", "iotHost", "ggHost", "iotMqttPort", "iotHttpPort",
                    "ggHttpPort", "keepAlive", "networkProxy", "coreClientId", "ggMqttPort", "ggDaemonPort",
                    "mqttOperationTimeout", "systemComponentAuthTimeout", "mqttMaxConnectionRetryInterval",
                ]
            ),
            (
                root["runtime"],
                [
                    "cgroup", "postStartHealthCheckTimeout", "allowFunctionsToRunAsRoot", "interpreters",
                    "metrics", "fallBackToNoContainer", "maxWorkItemCount", "maxConcurrentLimit", "lruSize",
                    "spareWorkers", "mountAllBlockDevices",
                ]
            ),
            (root["runtime"]["cgroup"], ["useSystemd", "mountPath"]),
            (root["coreThing"]["networkProxy"], ["proxy", "noProxyAddresses", "proxyCaPath"]),
            (root["coreThing"]["networkProxy"]["proxy"], ["url", "username", "password"]),
            (root["crypto"], ["caPath", "principals", "PKCS11"]),
            (root["crypto"]["principals"], ["IoTCertificate", "MQTTServerCertificate", "SecretsManager"]),
            (root["crypto"]["principals"]["IoTCertificate"], ["certificatePath", "privateKeyPath"]),
        ]
        for (node, keys) in known { findings.warnOfUnknownKeys(in: node, known: keys) }
    }
}
