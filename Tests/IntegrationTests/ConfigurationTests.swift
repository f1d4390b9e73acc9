import Foundation
import Testing

@Suite("config.json")
struct ConfigurationTests {
    private func deviceToDevice(_ core: CoreUnderTest) throws {
        let receiver = try core.device(.paho, "b", subscribe: "topic")
        let sender = try core.device(.paho, "a")
        try sender.publish("topic", "hello")
        #expect(try receiver.receive().payload == "hello")
    }

    private var group: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("a"), "topic", .device("b"))]
        return group
    }

    @Test("CFG-22, WDIR-01: writeDirectory takes the deployment, logs and state; none of it is below the root")
    func writeDirectory() throws {
        try CoreUnderTest.run { core in
            let folder = (core.root as NSString).deletingLastPathComponent + "/writable"
            try core.configure { $0["writeDirectory"] = folder }
            try core.start(group, devices: "a", "b")
            try deviceToDevice(core)
            let manager = FileManager.default
            for path in ["deployment/group/group.json", "var/log/system/runtime.log", "var/state"] {
                #expect(manager.fileExists(atPath: "\(folder)/\(path)"), "\(path)")
            }
            for path in ["ggc/deployment", "ggc/deployments", "ggc/var/log"] {
                #expect(!manager.fileExists(atPath: "\(core.root)/\(path)"), "\(path)")
            }
        }
    }

    @Test("WDIR-01, INST-06: a core whose writeDirectory is changed while it runs is told of, restarted and stopped")
    func writeDirectoryChanged() throws {
        try CoreUnderTest.run { core in
            try core.start()
            let first = try core.status()
            let folder = (core.root as NSString).deletingLastPathComponent + "/writable"
            try core.configure { $0["writeDirectory"] = folder }
            guard geteuid() == 0 else {
                // Whoever is not root can keep no lock where the setting does not matter.
                #expect(try core.status()["state"] as? String == "stopped")
                try core.configure { $0["writeDirectory"] = nil }
                return
            }
            let status = try core.status()
            for key in ["daemonPid", "corePid"] {
                #expect(status[key] as? Int == first[key] as? Int && status[key] != nil)
            }
            #expect(status["writeDirectory"] as? String == core.root + "/ggc")
            for command in ["status", "start"] {
                let result = try core.command(command)
                #expect(result.text.contains("It writes in \(core.root)/ggc and not in \(folder)"), "\(result)")
            }
            let deployed = try core.deployFolder(GroupFolder())
            #expect(deployed.text.contains("the core that runs does not see it"), "\(deployed)")
            try core.command("restart")
            let second = try core.status()
            #expect(second["state"] as? String == "serving" && second["writeDirectory"] as? String == folder)
            let old = try #require(first["daemonPid"] as? Int)
            #expect(!ProcessTable.naming(core.root).contains { $0.pid == pid_t(old) })
            try core.configure { $0["writeDirectory"] = nil }
            let stopped = try core.command("stop")
            #expect(stopped.succeeded && stopped.text.contains("Stopped"), "\(stopped)")
            #expect(ProcessTable.naming(core.root).isEmpty)
        }
    }

    /// The core's own certificate, in the two forms V1 had for naming it.
    private func coreIdentity(_ core: CoreUnderTest) throws -> Identity {
        let folder = core.root + "/certs"
        let identity = try Identities.stranger("core", ca: folder + "/root.ca.pem", in: folder)
        try FileManager.default.copyItem(atPath: identity.certificate, toPath: identity.ca)
        return identity
    }

    @Test("CFG-02, CFG-03, CFG-04, CFG-05, CFG-25: a configuration made for 1.6, without crypto, works unchanged")
    func oldForm() throws {
        try CoreUnderTest.run { core in
            let identity = try coreIdentity(core)
            try core.configure { config in
                config["crypto"] = nil
                config["coreThing"] = [
                    "caPath": "root.ca.pem", "certPath": (identity.certificate as NSString).lastPathComponent,
                    "keyPath": (identity.key as NSString).lastPathComponent,
                    "thingArn": GroupFolder.thingARN(GroupFolder().core), "iotHost": "prefix-ats.iot.localhost",
                    "ggHost": "greengrass-ats.iot.localhost", "keepAlive": 600, "ggMqttPort": core.mqttPort,
                    "ggDaemonPort": core.daemonPort,
                ]
                config["runtime"] = ["cgroup": ["useSystemd": "yes"]]
            }
            try core.start(group, devices: "a", "b")
            try deviceToDevice(core)
        }
    }

    @Test("CFG-02, CFG-12, CFG-15, CFG-17: the crypto form works, and the old paths beside it are ignored")
    func cryptoForm() throws {
        try CoreUnderTest.run { core in
            let identity = try coreIdentity(core)
            try core.configure { config in
                var thing = config["coreThing"] as? [String: Any] ?? [:]
                thing["iotHost"] = "prefix-ats.iot.localhost"
                thing["ggHost"] = "greengrass-ats.iot.localhost"
                for key in ["caPath", "certPath", "keyPath"] { thing[key] = "not-there" }
                config["coreThing"] = thing
                config["runtime"] = ["postStartHealthCheckTimeout": 45000]
                config["crypto"] = [
                    "caPath": "file://" + identity.ca,
                    "principals": [
                        "IoTCertificate": [
                            "certificatePath": "file://" + identity.certificate,
                            "privateKeyPath": "file://" + identity.key,
                        ]
                    ],
                ]
            }
            try core.deploy(group, devices: ["a", "b"])
            let result = try core.command("start")
            #expect(result.succeeded, "\(result)")
            #expect(result.output.contains { $0.contains("Waiting for up to 45s for Daemon to start") }, "\(result)")
            try deviceToDevice(core)
        }
    }

    @Test("B-01, B-03: ggMqttPort and ggDaemonPort move the ports, and a function finds the core on its own")
    func ports() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            let code = """
                import os

                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    client.publish(topic='port', payload=os.environ['GG_DAEMON_PORT'])
                """
            group.functions = [GroupFolder.Function(name: "Port", code: code)]
            group.subscriptions = [
                (.device("a"), "ask", .function("Port")), (.function("Port"), "port", .device("a")),
            ]
            try core.start(group, devices: "a")
            let device = try core.device(.paho, "a", subscribe: "port")
            try device.publish("ask", "{}")
            #expect(try device.receive().payload == String(core.daemonPort))
        }
    }

    @Test("NET-09: devices connect on port 8883 unless told otherwise")
    func standardPort() throws {
        try CoreUnderTest.run { core in
            try core.configure { config in
                var thing = config["coreThing"] as? [String: Any] ?? [:]
                thing["ggMqttPort"] = nil
                config["coreThing"] = thing
            }
            let result = try core.command("start")
            // Something else on this machine may have the port; then the start says which one it wanted.
            if result.succeeded {
                _ = try core.line(in: core.systemLog, containing: "listening on 8883")
            } else {
                #expect(result.text.contains("8883"), "\(result)")
            }
        }
    }
}
