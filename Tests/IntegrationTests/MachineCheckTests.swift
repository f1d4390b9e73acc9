import Foundation
import Testing

@Suite("greengrassd check")
struct MachineCheckTests {
    private func check(_ core: CoreUnderTest, _ words: String...) throws -> (CommandResult, [String: [String: Any]]) {
        let result = try core.plainCommand(["check", "--json"] + words)
        guard
            let answer = try JSONSerialization.jsonObject(with: Data(result.output.joined(separator: "\n").utf8))
                as? [String: Any], let checks = answer["checks"] as? [[String: Any]]
        else { throw HarnessError("no JSON: \(result)") }
        let missing = checks.contains { $0["outcome"] as? String == "missing" }
        #expect(result.exit == .code(missing ? 1 : 0))
        #expect(answer["works"] as? Bool == !missing)
        var found: [String: [String: Any]] = [:]
        for check in checks { found[check["id"] as? String ?? ""] = check }
        return (result, found)
    }

    @Test(
        "CHK-01, CHK-02, INST-14, H-12, H-29, PLAT-06, PLAT-07, PLAT-08, PLAT-09, PLAT-10, PLAT-11, PLAT-12, PLAT-13, PLAT-14, PLAT-16, PLAT-18, PLAT-19: each thing is looked at and told"
    )
    func everything() throws {
        try CoreUnderTest.run { core in
            let (_, found) = try check(core)
            for id in [
                "rights", "kernel", "memory", "files", "links", "namespaces", "cgroups", "seccomp", "overlay", "tmpfs",
                "mqueue", "keys", "containers", "functions-user", "core-user", "python2.7", "python3.7", "nodejs6.10",
                "nodejs8.10", "java8", "port-devices", "port-functions", "disk", "location", "descriptors", "clock",
                "umask", "trust-store", "updates",
            ] { #expect(found[id] != nil, "\(id)") }
            #expect(found["kernel"]?["outcome"] as? String == "works")
            #expect((found["containers"]?["text"] as? String)?.hasPrefix("Greengrass Container: ") == true)
            #expect(found["links"]?["outcome"] as? String == (Places.linksAreProtected ? "works" : "missing"))
            for check in found.values where check["outcome"] as? String != "works" {
                #expect(check["text"] as? String != "" && check["remedy"] is String, "\(check)")
            }
            let people = try core.plainCommand(["check"])
            #expect(people.output.contains { $0.hasPrefix("works     kernel: Linux ") }, "\(people)")
        }
    }

    @Test("CHK-02, H-13: ports that are taken and folders that nobody may enter are told with what mends them")
    func mishaps() throws {
        try CoreUnderTest.run { core in
            let taken = try Listener(port: core.mqttPort)
            let parent = (core.root as NSString).deletingLastPathComponent
            chmod(parent, 0o700)
            let (_, found) = try withExtendedLifetime(taken) { try check(core) }
            chmod(parent, 0o755)
            #expect(found["port-devices"]?["outcome"] as? String == "missing")
            #expect((found["port-devices"]?["remedy"] as? String)?.contains("sport = :\(core.mqttPort)") == true)
            #expect(found["location"]?["remedy"] as? String == "chmod o+x \(parent)")
        }
    }

    @Test("CHK-01, PLAT-08, PLAT-09, PLAT-10: a kernel's configuration is read from a file")
    func kernelConfiguration() throws {
        try CoreUnderTest.run { core in
            let file = core.root + "/kernel-config"
            try "CONFIG_CGROUPS=y\n# CONFIG_MEMCG is not set\nCONFIG_OVERLAY_FS=m\n".write(
                toFile: file, atomically: true, encoding: .utf8)
            let (_, found) = try check(core, "--kernel-config-file", file)
            let text = try #require(found["kernel-config"]?["text"] as? String)
            #expect(text.contains("CONFIG_MEMCG") && text.contains("CONFIG_SECCOMP_FILTER"))
            #expect(!text.contains("CONFIG_OVERLAY_FS") && !text.contains("CONFIG_CGROUPS,"))
            let (_, absent) = try check(core, "--kernel-config-file", "/nowhere")
            #expect(absent["kernel-config"]?["outcome"] as? String == "missing")
        }
    }

    @Test(
        "CHK-02, CFG-13, PLAT-12: a shim is no interpreter, and what config.json says without effect is told"
    )
    func shims() throws {
        try CoreUnderTest.run { core in
            let folder = core.root + "/shims"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            chmod(folder, 0o755)
            try Child.whileNoneStarts {
                try "#!/bin/sh\necho 'pyenv: python3.7: command not found' >&2\nexit 127\n".write(
                    toFile: folder + "/python3.7", atomically: true, encoding: .utf8)
            }
            chmod(folder + "/python3.7", 0o755)
            try core.configure {
                $0["runtime"] = [
                    "cgroup": ["useSystemd": "yes"], "interpreters": ["python3.7": folder + "/python3.7"],
                ]
            }
            // The core looks for interpreters in the system's folders alone, and so does the check.
            core.environment["PATH"] = folder + ":/usr/bin:/bin"
            let (_, found) = try check(core)
            let text = found["python3.7"]?["text"] as? String ?? ""
            #expect(found["python3.7"]?["outcome"] as? String == "degraded")
            #expect(text.contains("exit code 127: pyenv: python3.7: command not found"), "\(text)")
            #expect((found["python3.7"]?["remedy"] as? String)?.contains("pyenv global") == true)
            #expect((found["settings"]?["text"] as? String)?.contains("runtime.cgroup.useSystemd") == true)
        }
    }

    @Test("PLAT-12: a function whose interpreter is a shim says so in its record")
    func shimAtStart() throws {
        try CoreUnderTest.run { core in
            let shim = core.root + "/python3.7"
            try Child.whileNoneStarts {
                try "#!/bin/sh\necho 'pyenv: python3.7: command not found' >&2\nexit 127\n".write(
                    toFile: shim, atomically: true, encoding: .utf8)
            }
            chmod(shim, 0o755)
            try core.configure { $0["runtime"] = ["interpreters": ["python3.7": shim]] }
            var group = GroupFolder()
            group.functions = [GroupFolder.Function(name: "Shimmed", code: FunctionCode.doubler, pinned: true)]
            try core.start(group)
            let line = try core.line(in: core.systemLog, containing: "exited with code 127")
            #expect(line.contains("the program for python3.7 does not work"), "\(line)")
            #expect(line.contains("pyenv: python3.7: command not found"), "\(line)")
        }
    }

    @Test("CHK-03: before there is a root, the check runs too")
    func withoutRoot() throws {
        try CoreUnderTest.run { core in
            let result = try core.plainCommand(["--root", core.root + "/none", "check"])
            #expect(result.output.contains { $0.contains("port 8883 for devices") }, "\(result)")
        }
    }
}
