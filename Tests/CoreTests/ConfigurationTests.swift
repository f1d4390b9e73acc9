import Foundation
import Testing

@testable import Core
@testable import Functions

@Suite("config.json")
struct ConfigurationTests {
    /// Reads a configuration from a root of its own.
    private func read(_ text: String) throws -> (
        Result<Configuration, ConfigurationError>, warnings: [String], root: String
    ) {
        let root = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root + "/config", withIntermediateDirectories: true)
        try text.write(toFile: root + "/config/config.json", atomically: true, encoding: .utf8)
        do throws(ConfigurationError) {
            let (configuration, warnings) = try Configuration.read(root: root)
            return (.success(configuration), warnings, root)
        } catch {
            return (.failure(error), [], root)
        }
    }

    private func problems(_ text: String) throws -> String {
        guard case .failure(let error) = try read(text).0 else { return "" }
        return error.description
    }

    private let thing = #""thingArn": "arn:aws:iot:us-west-2:123456789012:thing/core""#

    @Test("CFG-02, CFG-25: the paths of files before 1.7 are relative to the certs folder")
    func oldPaths() throws {
        let (result, warnings, root) = try read(
            """
            {"coreThing": {"caPath": "root.ca.pem", "certPath": "hash.cert.pem", "keyPath": "hash.private.key", \(thing),
             "iotHost": "x-ats.iot.us-west-2.amazonaws.com", "ggHost": "greengrass-ats.iot.us-west-2.amazonaws.com",
             "keepAlive": 600}, "runtime": {"cgroup": {"useSystemd": "yes"}}, "managedRespawn": false}
            """)
        let configuration = try result.get()
        #expect(
            configuration.principal
                == .init(
                    certificateAuthority: "\(root)/certs/root.ca.pem", certificate: "\(root)/certs/hash.cert.pem",
                    privateKey: "\(root)/certs/hash.private.key"))
        #expect(warnings.isEmpty)
    }

    @Test("CFG-15, CFG-17: crypto wins over the old paths, and a path may stand without file://")
    func crypto() throws {
        let (result, _, _) = try read(
            """
            {"coreThing": {"caPath": "ignored", \(thing), "iotHost": "x"}, "crypto": {"caPath": "file:///c/ca",
             "principals": {"IoTCertificate": {"privateKeyPath": "/c/key", "certificatePath": "file:///c/cert"}}}}
            """)
        let principal = try result.get().principal
        #expect(principal == .init(certificateAuthority: "/c/ca", certificate: "/c/cert", privateKey: "/c/key"))
    }

    @Test("CFG-03, CFG-09, CFG-12, CFG-22, B-01, B-03: values are taken, and absent ones have V1's defaults")
    func values() throws {
        let some = try read(
            """
            {"coreThing": {\(thing), "ggMqttPort": 8884, "ggDaemonPort": 8001, "keepAlive": 30},
             "runtime": {"postStartHealthCheckTimeout": 1000, "allowFunctionsToRunAsRoot": "yes"}, "writeDirectory": "/w"}
            """
        ).0.get()
        #expect(some.thing.name == "core" && some.thing.region == "us-west-2" && some.thing.account == "123456789012")
        #expect(some.mqttPort == 8884 && some.daemonPort == 8001 && some.keepAlive == 30)
        #expect(some.healthCheckTimeout == 1000 && some.allowsRootFunctions && some.writeDirectory == "/w")
        let none = try read("{\"coreThing\": {\(thing)}}").0.get()
        #expect(none.mqttPort == 8883 && none.daemonPort == 8000 && none.keepAlive == 600)
        #expect(none.healthCheckTimeout == 30_000 && !none.allowsRootFunctions && none.writeDirectory == nil)
        #expect(none.principal == nil)
    }

    @Test("CFG-13, B-08: switches that this core needs no answer to are read, checked, and told as without effect")
    func withoutEffect() throws {
        for word in ["yes", "no"] {
            let (result, warnings, _) = try read(
                """
                {"coreThing": {\(thing)},
                 "runtime": {"cgroup": {"useSystemd": "\(word)"}, "mountAllBlockDevices": "\(word)"}}
                """)
            #expect(warnings.isEmpty)
            let keys = try result.get().keysWithoutEffect
            #expect(keys == ["runtime.cgroup.useSystemd", "runtime.mountAllBlockDevices"])
        }
        #expect(try read("{\"coreThing\": {\(thing)}}").0.get().keysWithoutEffect.isEmpty)
        let text = try problems(
            """
            {"coreThing": {\(thing)},
             "runtime": {"cgroup": {"useSystemd": "[yes|no]"}, "mountAllBlockDevices": "all"}}
            """)
        #expect(text.contains("$.runtime.cgroup.useSystemd") && text.contains("[yes|no]"), "\(text)")
        #expect(text.contains("$.runtime.mountAllBlockDevices") && text.contains("\"all\""), "\(text)")
    }

    @Test("B-05, B-06, B-07: the bounds of V1.10 reach the functions' service, and have its defaults when absent")
    func bounds() throws {
        func limits(_ runtime: String) throws -> FunctionLimits {
            CoreLogs.functionLimits(try read("{\"coreThing\": {\(thing)}, \"runtime\": {\(runtime)}}").0.get())
        }
        let none = try limits("")
        #expect(none.workItems == 1024 && none.onDemandWorkers == 25 && none.idleWorkers == 25)
        let some = try limits(#""maxWorkItemCount": 5000, "maxConcurrentLimit": 40, "lruSize": 8"#)
        #expect(some.workItems == 5000 && some.queuedInvocations == 5000)
        #expect(some.onDemandWorkers == 40 && some.idleWorkers == 8)
        let text = try problems(
            """
            {"coreThing": {\(thing)}, "runtime": {"maxWorkItemCount": 0, "maxConcurrentLimit": 4, "lruSize": 5}}
            """)
        #expect(text.contains("$.runtime.maxWorkItemCount") && text.contains("$.runtime.maxConcurrentLimit"), "\(text)")
    }

    @Test("CFG-24: V1's words for missing paths, with the key that is missing")
    func missingPaths() throws {
        let text = try problems(
            "{\"coreThing\": {\(thing), \"iotHost\": \"x\", \"caPath\": \"a\", \"certPath\": \"b\"}}")
        #expect(text.contains("The configuration file is missing the CaPath, CertPath or KeyPath: $.coreThing.keyPath"))
        let crypto = try problems("{\"coreThing\": {\(thing), \"iotHost\": \"x\"}, \"crypto\": {\"caPath\": \"/ca\"}}")
        #expect(crypto.contains("$.crypto.principals.IoTCertificate.privateKeyPath"))
    }

    @Test("CFG-24: an unknown URI scheme is named with its key and value")
    func scheme() throws {
        let text = try problems("{\"coreThing\": {\(thing)}, \"crypto\": {\"caPath\": \"https://ca\"}}")
        #expect(text.contains("$.crypto.caPath") && text.contains("https://ca") && text.contains("ErrUnknownURIScheme"))
        #expect(
            try problems("{\"coreThing\": {\(thing)}, \"crypto\": {\"caPath\": \"file://certs/ca\"}}").contains(
                "file:///"))
    }

    @Test("CFG-01: broken JSON is told with line and column")
    func broken() throws {
        let text = try problems("{\n  \"coreThing\": {\n    \"thingArn\" \"x\"\n  }\n}")
        #expect(text.contains("Failed to parse") && text.contains("line 3, column 16"))
    }

    @Test("Every problem is told at once, with its key and line")
    func all() throws {
        let text = try problems(
            """
            {"coreThing": {"thingArn": "nonsense", "keepAlive": 5, "iotMqttPort": 0, "ggMqttPort": 80},
             "runtime": {"allowFunctionsToRunAsRoot": "[yes|no]"}, "writeDirectory": "relative"}
            """)
        for key in ["thingArn", "keepAlive", "iotMqttPort", "ggMqttPort"] {
            #expect(text.contains("$.coreThing.\(key)"))
        }
        #expect(text.contains("$.runtime.allowFunctionsToRunAsRoot") && text.contains("[yes|no]"))
        #expect(text.contains("$.writeDirectory") && text.contains("line 2"))
    }

    @Test("An unknown key is a warning with the nearest known one")
    func unknown() throws {
        let (result, warnings, _) = try read("{\"coreThing\": {\(thing), \"keepalive\": 5}}")
        #expect(try result.get().keepAlive == 600)
        #expect(warnings.count == 1 && warnings[0].contains("keepAlive"))
        let together = try problems("{\"coreThing\": {\(thing), \"ggMqttport\": 1, \"keepAlive\": 1}}")
        #expect(together.contains("did you mean \"ggMqttPort\"") && together.contains("$.coreThing.keepAlive"))
    }

    @Test("One port for devices and functions is refused")
    func samePort() throws {
        let text = try problems("{\"coreThing\": {\(thing), \"ggMqttPort\": 9000, \"ggDaemonPort\": 9000}}")
        #expect(text.contains("ggMqttPort") && text.contains("ggDaemonPort"))
    }
}
