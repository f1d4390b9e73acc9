import Foundation
import Testing

/// Each mistake is answered with the file, the key, the value and what to do, and leaves nothing half-changed.
@Suite("Bad input")
struct BadInputTests {
    private func refusedStart(_ core: CoreUnderTest, naming words: String...) throws {
        let result = try core.command("start")
        #expect(!result.succeeded, "\(result)")
        for word in words { #expect(result.text.contains(word), "expected \(word) in: \(result)") }
        #expect(ProcessTable.naming(core.root).isEmpty)
    }

    @Test("CFG-01: no config.json: the path and the command that makes one are named")
    func noConfiguration() throws {
        try CoreUnderTest.run { core in
            try FileManager.default.removeItem(atPath: core.configPath)
            try refusedStart(core, naming: core.configPath, "greengrassd init")
        }
    }

    @Test("CFG-01: a config.json that cannot be read: the path and the reason are named")
    func unreadableConfiguration() throws {
        try CoreUnderTest.run { core in
            // Root reads files of every mode, but a folder is no file to anyone.
            try FileManager.default.removeItem(atPath: core.configPath)
            try FileManager.default.createDirectory(atPath: core.configPath, withIntermediateDirectories: false)
            try refusedStart(core, naming: core.configPath)
        }
    }

    @Test("CFG-01: broken JSON in config.json is answered in V1's words, with line and column")
    func brokenConfiguration() throws {
        try CoreUnderTest.run { core in
            try "{\n  \"coreThing\": {\n    \"thingArn\": oops\n".write(
                toFile: core.configPath, atomically: false, encoding: .utf8)
            try refusedStart(core, naming: "Failed to parse \(core.configPath)", "line 3", "column 17")
        }
    }

    @Test("CFG-01: an unknown key is a warning with the nearest known one, and the core starts")
    func unknownKey() throws {
        try CoreUnderTest.run { core in
            try core.configure { config in
                var thing = config["coreThing"] as? [String: Any] ?? [:]
                thing["keepalive"] = 600
                config["coreThing"] = thing
            }
            let result = try core.command("start")
            #expect(result.succeeded, "\(result)")
            #expect(result.text.contains("keepalive") && result.text.contains("keepAlive"), "\(result)")
        }
    }

    @Test("CFG-09: a keepAlive outside 30 to 1200 seconds is refused with the range")
    func keepAlive() throws {
        try CoreUnderTest.run { core in
            try core.configure { config in
                var thing = config["coreThing"] as? [String: Any] ?? [:]
                thing["keepAlive"] = 5
                config["coreThing"] = thing
            }
            try refusedStart(core, naming: "keepAlive", "30", "1200")
        }
    }

    @Test("CFG-24: an unknown URI scheme and a missing path are answered in V1's words")
    func uriScheme() throws {
        try CoreUnderTest.run { core in
            try core.configure { config in
                config["crypto"] = [
                    "caPath": "http://example/ca.pem",
                    "principals": ["IoTCertificate": ["certificatePath": "file:///certs/core.pem"]],
                ]
            }
            try refusedStart(
                core, naming: "ErrUnknownURIScheme", "crypto.caPath", "missing the CaPath, CertPath or KeyPath",
                "privateKeyPath")
        }
    }

    @Test(
        "INST-07: a port that is in use: the start fails and names the port, the key and who has it",
        arguments: [true, false])
    func portInUse(mqtt: Bool) throws {
        try CoreUnderTest.run { core in
            let listener = try Listener()
            let key = mqtt ? "ggMqttPort" : "ggDaemonPort"
            try core.configure { config in
                var thing = config["coreThing"] as? [String: Any] ?? [:]
                thing[key] = listener.port
                config["coreThing"] = thing
            }
            try refusedStart(core, naming: String(listener.port), key)
            withExtendedLifetime(listener) {}
        }
    }

    @Test("CFG-17: a certificate that does not match its key: both files are named")
    func mismatchedKey() throws {
        try CoreUnderTest.run { core in
            let one = try core.addDevice("one")
            let two = try core.addDevice("two")
            try core.configure { config in
                config["crypto"] = [
                    "caPath": "file://" + one.ca,
                    "principals": [
                        "IoTCertificate": [
                            "certificatePath": "file://" + one.certificate, "privateKeyPath": "file://" + two.key,
                        ]
                    ],
                ]
            }
            try refusedStart(core, naming: one.certificate, two.key)
        }
    }

    @Test("LAM-24: a handler that its package does not have: the function, the handler and the file are named")
    func missingHandler() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.functions = [
                GroupFolder.Function(name: "Lost", code: FunctionCode.counter, handler: "funktion.function_handler")
            ]
            let result = try core.deployFolder(group)
            #expect(!result.succeeded)
            for word in ["Lost", "funktion", "Functions[0]"] { #expect(result.text.contains(word), "\(result)") }
        }
    }

    @Test("MSG-01: every violation of a group is reported at once, each with its path and line")
    func allViolations() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.devices = [("sensor", "not-hexadecimal")]
            group.subscriptions = [
                (.device("sensor"), "a/#/b", .device("nobody")), (.function("Missing"), "ok", .device("sensor")),
            ]
            let result = try core.deployFolder(group)
            #expect(!result.succeeded)
            for word in [
                "$.Devices[0].CertificateArn", "$.Subscriptions[0].Subject", "$.Subscriptions[0].Target",
                "$.Subscriptions[1].Source", "line ",
            ] {
                #expect(result.text.contains(word), "expected \(word) in: \(result)")
            }
        }
    }

    @Test("MSG-01: a group.json that is no JSON is answered with line and column")
    func brokenGroup() throws {
        try CoreUnderTest.run { core in
            try GroupFolder().write(to: core.groupFolder)
            try "{\n  \"Cores\": [,]\n}\n".write(
                toFile: core.groupFolder + "/group.json", atomically: false, encoding: .utf8)
            let result = try core.command("deploy", core.groupFolder)
            #expect(!result.succeeded)
            for word in ["group.json", "line 2", "column 13"] { #expect(result.text.contains(word), "\(result)") }
            let none = try core.command("deploy", core.groupFolder + "-that-is-not-there")
            #expect(!none.succeeded)
            #expect(none.text.contains(core.groupFolder + "-that-is-not-there"), "\(none)")
        }
    }

    @Test("INST-03: a bad group never replaces a good one: what ran goes on, and runs after a restart")
    func badGroupAfterGood() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.subscriptions = [(.device("a"), "topic", .device("b"))]
            try core.start(group, devices: "a", "b")
            let deployed = core.root + "/ggc/deployment/group/group.json"
            let before = try Data(contentsOf: URL(fileURLWithPath: deployed))
            group.functions = [GroupFolder.Function(name: "Lost", code: "", handler: "nothing.here")]
            let result = try core.deployFolder(group)
            #expect(!result.succeeded)
            #expect(try Data(contentsOf: URL(fileURLWithPath: deployed)) == before)
            for _ in 1...2 {
                let receiver = try core.device(.paho, "b", subscribe: "topic")
                let sender = try core.device(.paho, "a")
                try sender.publish("topic", "still here")
                #expect(try receiver.receive().payload == "still here")
                sender.close()
                receiver.close()
                let restarted = try core.command("restart")
                #expect(restarted.succeeded, "\(restarted)")
            }
        }
    }
}
