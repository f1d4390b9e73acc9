import Foundation
import Testing

/// Machines on which V1 did not work (gg-troubleshooting.md).
@Suite("Unusual machines", .enabled(if: geteuid() == 0, "they are made by root"))
struct HostConditionsTests {
    /// The same function in a container and without one: topics `contained` and `plain`.
    private func group(_ code: String = FunctionCode.echo, contained: Bool = true) -> GroupFolder {
        var group = GroupFolder()
        for (name, topic, memory) in [("Plain", "plain", nil), ("Contained", "contained", 65_536)]
            as [(String, String, Int?)]
        where memory == nil || contained {
            var function = GroupFolder.Function(name: name, code: code, variables: ["TARGET_TOPIC": "answer"])
            function.memory = memory
            group.functions.append(function)
            group.subscriptions += [
                (.device("asker"), topic, .function(name)), (.function(name), "answer", .device("asker")),
            ]
        }
        return group
    }

    private func expectAnswers(_ core: CoreUnderTest, _ topics: [String] = ["plain", "contained"]) throws {
        let asker = try core.persistentDevice(.paho, "asker", subscribe: "answer")
        for topic in topics {
            try asker.publish(topic, #"{"number": 1}"#)
            #expect(try asker.receive().payload == #"{"event": {"number": 1}, "subject": "\#(topic)"}"#)
        }
    }

    /// Runs a command after a few words of shell.
    private func after(_ script: String) -> [String] { ["/bin/sh", "-c", script + "; exec \"$@\"", "sh"] }

    @Test(
        "H-09, PLAT-18: set up, deployed and started with any umask, functions reach the core, and files are as open as they should be",
        arguments: ["0077", "0000"])
    func mask(_ mask: String) throws {
        try CoreUnderTest.run(by: after("umask \(mask)")) { core in
            try core.start(group(), devices: "asker")
            try expectAnswers(core)
            let manager = FileManager.default
            func mode(_ path: String) throws -> Int {
                try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? -1
            }
            // Whoever connects proves who it is by its token.
            #expect(try mode(core.root + "/ggc/socket/greengrass_ipc.sock") == 0o666)
            for secret in ["/certs/group-ca/ca.key", "/certs/devices/asker.private.key"] {
                #expect(try mode(core.root + secret) & 0o077 == 0, "\(secret)")
            }
            for place in manager.enumerator(atPath: core.root)?.compactMap({ $0 as? String }) ?? [] {
                let attributes = try manager.attributesOfItem(atPath: core.root + "/" + place)
                let type = attributes[.type] as? FileAttributeType
                guard type == .typeRegular || type == .typeDirectory else { continue }
                #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o002 == 0, "\(place) is everybody's to write")
            }
        }
    }

    @Test("H-41: below a root with a long path sockets work too: status, functions in containers and without")
    func longPath() throws {
        let place = String(repeating: "/a-folder-with-a-name-of-forty-characters", count: 4)
        try CoreUnderTest.run(in: place) { core in
            let code = """
                import os

                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    path = os.environ['IPC_SOCK_FILE']
                    client.publish(topic='answer', payload='{} {}'.format(path, os.path.exists(path)))
                """
            try core.start(group(code), devices: "asker")
            #expect((core.root + "/ggc/socket/greengrass_ipc.sock").utf8.count > 200)
            #expect(try (core.status()["functions"] as? [Any])?.count == 2)
            let asker = try core.device(.paho, "asker", subscribe: "answer")
            try asker.publish("plain", "{}")
            #expect(try asker.receive().payload == " False")
            try asker.publish("contained", "{}")
            #expect(try asker.receive().payload == "/greengrass_ipc.sock True")
            _ = try core.line(
                in: core.systemLog, containing: "is longer than the 107 bytes that programs can connect to")
        }
    }

    @Test(
        "H-39, H-19, B-08: with /usr on another file system, an overlay, containers have it, and their interpreter from it"
    )
    func otherFileSystem() throws {
        let code = """
            import os
            import sys

            import greengrasssdk

            client = greengrasssdk.client('iot-data')


            def function_handler(event, context):
                with open('/proc/self/mountinfo') as mounts:
                    kinds = {line.split()[4]: line.split(' - ')[1].split()[0] for line in mounts}
                other = os.stat('/usr').st_dev != os.stat('/etc').st_dev
                client.publish(topic='answer', payload='{} {} {} {}'.format(
                    os.path.realpath(sys.executable).split('3')[0], other, kinds['/usr'], kinds['/']))
            """
        try CoreUnderTest.run { core in
            let empty = (core.root as NSString).deletingLastPathComponent + "/empty"
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
            for switching in ["yes", "no"] {
                try core.configure { config in
                    var runtime = config["runtime"] as? [String: Any] ?? [:]
                    runtime["mountAllBlockDevices"] = switching
                    config["runtime"] = runtime
                }
                if switching == "yes" { try core.deploy(group(code), devices: ["asker"]) }
                core.prefix =
                    ["unshare", "--mount", "--propagation", "private"]
                    + after("mount -t overlay -o lowerdir=/usr:\(empty) overlay /usr || exit 9")
                try core.start()
                core.prefix = []
                let asker = try core.device(.paho, "asker", subscribe: "answer")
                try asker.publish("contained", "{}")
                // The container's own root is no overlay: V1's loops of links cannot be there.
                #expect(try asker.receive().payload == "/usr/bin/python True overlay tmpfs")
                #expect(try core.command("stop").succeeded)
            }
        }
    }

    /// Answers EPERM to the mount of a container's /proc alone, by its flags, as a kernel does inside a container that covers
    /// parts of its own.
    private static let withoutProc = """
        import ctypes, os, platform, struct, sys
        number = {'x86_64': 165, 'aarch64': 40}[platform.machine()]
        program = b''.join(struct.pack('<HBBI', *line) for line in [
            (0x20, 0, 0, 0), (0x15, 0, 3, number), (0x20, 0, 0, 40), (0x15, 0, 1, 15),
            (0x06, 0, 0, 0x00050000 | 1), (0x06, 0, 0, 0x7FFF0000)])
        text = ctypes.create_string_buffer(program, len(program))
        header = ctypes.create_string_buffer(struct.pack('@HP', len(program) // 8, ctypes.addressof(text)))
        if ctypes.CDLL(None).prctl(22, 2, header, 0, 0) != 0: sys.exit('the filter cannot be installed')
        os.execvp(sys.argv[1], sys.argv[1:])
        """

    @Test(
        "INST-10, H-18, H-34: a start tries a container; where none can be made, a group without them runs, one with them is refused alone, with why",
        arguments: [
            (
                ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"],
                "(the core needs CAP_SYS_ADMIN for that: start it as root, in Docker with --cap-add SYS_ADMIN"
            ),
            (
                ["/usr/bin/python3", "-c", withoutProc],
                "mount the container's /proc (an outer container covers parts of /proc: start that with --cap-add SYS_ADMIN"
            ),
        ])
    func forbidden(prefix: [String], reason: String) throws {
        try CoreUnderTest.run { core in
            core.prefix = prefix
            try core.deploy(group(contained: false), devices: ["asker"])
            let started = try core.command("start")
            #expect(started.succeeded, "\(started)")
            #expect(started.output.contains { $0.hasPrefix("Greengrass successfully started with PID: ") })
            let notice = try core.line(
                in: core.logFolder + "/supervisor.log", containing: "Functions cannot run in containers on this machine"
            )
            #expect(notice.contains(reason), "\(notice)")
            try expectAnswers(core, ["plain"])
            var wanted = group()
            wanted.devices = [("asker", core.identities["asker"]?.certificateID ?? "")]
            let refused = try core.deployFolder(wanted)
            #expect(refused.exit == .code(1) && refused.text.contains(reason), "\(refused)")
            #expect(
                refused.text.contains("fallBackToNoContainer") || refused.text.contains("NoContainer"), "\(refused)")
            // Nothing has changed for those that are served.
            try expectAnswers(core, ["plain"])
            let check = try core.plainCommand(["check"])
            #expect(check.output.contains { $0.contains("Greengrass Container: Not supported: ") }, "\(check)")
        }
    }

    @Test("INST-10: a start waits for the check of the machine and of the core, no longer than it may")
    func waits() throws {
        try CoreUnderTest.run { core in
            try core.configure { $0["runtime"] = ["postStartHealthCheckTimeout": 1] }
            let hasty = try core.command("start")
            #expect(hasty.exit == .code(1), "\(hasty)")
            #expect(hasty.text.contains("did not begin to serve within 1 ms"), "\(hasty)")
            #expect(hasty.text.contains("runtime.postStartHealthCheckTimeout"), "\(hasty)")
            // It has been told to stop; another one waits for its lock as long as that takes.
            try core.configure { $0["runtime"] = [String: Any]() }
            try core.command("stop")
            try core.start()
        }
    }

    @Test(
        "H-26: stop ends functions that ignore SIGTERM, and what they started and hid by forking twice",
        arguments: [false, true])
    func stubborn(contained: Bool) throws {
        let code = """
            import os
            import signal
            import time

            import greengrasssdk

            signal.signal(signal.SIGTERM, signal.SIG_IGN)


            def hide():
                hidden, ready = os.pipe()
                if os.fork() > 0:
                    while len(os.read(hidden, 1) + os.read(hidden, 1)) < 2:
                        pass
                    return
                os.setsid()
                if os.fork() > 0:
                    os._exit(0)
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                os.fork()
                os.write(ready, b'.')
                while True:
                    time.sleep(1000)


            hide()
            greengrasssdk.client('iot-data').publish(topic='answer', payload='ready')


            def function_handler(event, context):
                while True:
                    time.sleep(1000)
            """
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var function = GroupFolder.Function(
                name: "Stubborn", code: code, timeout: 600, variables: ["MARK": core.root + "/stubborn"])
            function.memory = contained ? 65_536 : nil
            group.functions = [function]
            group.subscriptions = [
                (.device("asker"), "go", .function("Stubborn")), (.function("Stubborn"), "answer", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "answer")
            try asker.publish("go", "{}")
            #expect(try asker.receive().payload == "ready")
            #expect(ProcessTable.naming(core.root + "/stubborn").count >= 3)
            // The command itself has a bound; after it nothing may be left.
            #expect(try core.command("stop").succeeded)
            #expect(ProcessTable.naming(core.root + "/stubborn").isEmpty)
        }
    }
}
