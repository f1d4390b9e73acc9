import Foundation
import Testing

/// Functions of a group in containers, on a real core: what the group says reaches the sandbox.
@Suite("Functions in containers")
struct ContainerResourcesTests {
    @Test("LRA-05, LRA-07, LAM-12: the guide's lraTest writes to its volume, which is in its container alone")
    func volume() throws {
        try CoreUnderTest.run { core in
            let volume = try LocalResourcesTests.makeVolume(core, mode: 0o2770)
            var group = LocalResourcesTests.group(volume, addsOwner: true)
            group.functions[0].memory = 65_536
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "LRA/test")
            try asker.publish("invoke/LRAFunction", "{}")
            let answer = try asker.receive().payload
            #expect(answer == "written by [64777]")
            #expect(try String(contentsOfFile: volume + "/test", encoding: .utf8) == "written by [64777]\n")
            #expect(!FileManager.default.fileExists(atPath: "/dest/LRAtest"))
        }
    }

    @Test("LRA-06: a volume is read-only or writable as granted, and no operation needs or gets root's rights")
    func permissions() throws {
        let code = """
            import ctypes
            import errno
            import json
            import os
            import stat

            import greengrasssdk

            client = greengrasssdk.client('iot-data')
            libc = ctypes.CDLL(None, use_errno=True)


            def outcome(action):
                try:
                    return action() or 'done'
                except OSError as error:
                    return errno.errorcode[error.errno]


            def mount():
                if libc.mount(b'none', b'/dest/rw', b'tmpfs', 0, None) != 0:
                    raise OSError(ctypes.get_errno(), 'mount')


            def function_handler(event, context):
                found = {
                    'read': open('/dest/ro/file').read(),
                    'ro': outcome(lambda: open('/dest/ro/new', 'w')  and None),
                    'append': outcome(lambda: open('/dest/ro/file', 'a') and None),
                    'rw': outcome(lambda: open('/dest/rw/new', 'w') and None),
                    'device': outcome(lambda: os.mknod('/dest/rw/null', 0o666 | stat.S_IFCHR, os.makedev(1, 3))),
                    'owner': outcome(lambda: os.chown('/dest/rw/new', 0, 0)),
                    'mount': outcome(mount), 'user': os.getuid()}
                client.publish(topic='found', payload=json.dumps(found, sort_keys=True))
            """
        try CoreUnderTest.run { core in
            let folder = (core.root as NSString).deletingLastPathComponent
            var group = GroupFolder()
            var function = GroupFolder.Function(name: "Writer", code: code)
            function.memory = 65_536
            function.runAs = (54_321, 54_321)
            for name in ["ro", "rw"] {
                let path = folder + "/" + name
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                try "content".write(toFile: path + "/file", atomically: true, encoding: .utf8)
                // The files' own permissions would let the function write to both.
                for place in [path, path + "/file"] { chown(place, 54_321, 54_321) }
                function.resources.append((name, name))
                group.resources.append(GroupFolder.volume(name, path, "/dest/" + name))
            }
            group.functions = [function]
            group.subscriptions = [
                (.device("asker"), "write", .function("Writer")), (.function("Writer"), "found", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "found")
            try asker.publish("write", "{}")
            let expected =
                #"{"append": "EROFS", "device": "EPERM", "mount": "EPERM", "owner": "EPERM", "read": "content", "#
                + #""ro": "EROFS", "rw": "done", "user": 54321}"#
            #expect(try asker.receive().payload == expected)
            #expect(FileManager.default.fileExists(atPath: folder + "/rw/new"))
        }
    }

    @Test("LAM-13, LAM-19: the function's places are V1's; /sys and the core's files are not there")
    func places() throws {
        let code = """
            import json
            import os

            import greengrasssdk

            client = greengrasssdk.client('iot-data')


            def function_handler(event, context):
                found = {
                    'cwd': os.getcwd(), 'home': os.environ['HOME'], 'socket': os.environ['IPC_SOCK_FILE'],
                    'package': sorted(os.listdir('/lambda'))[0], 'runtime': os.path.isdir('/runtime/python'),
                    'socketThere': os.path.exists('/greengrass_ipc.sock'),
                    'root': os.path.exists(os.environ['CORE_ROOT'] + '/config'),
                    'sys': os.path.isdir('/sys/kernel')}
                client.publish(topic='found', payload=json.dumps(found, sort_keys=True))
            """
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var function = GroupFolder.Function(name: "Looker", code: code, variables: ["CORE_ROOT": core.root])
            function.memory = 65_536
            group.functions = [function]
            group.subscriptions = [
                (.device("asker"), "look", .function("Looker")), (.function("Looker"), "found", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "found")
            try asker.publish("look", "{}")
            #expect(
                try asker.receive().payload
                    == #"{"cwd": "/lambda", "home": "/lambda", "package": "function.py", "root": false, "runtime": true, "#
                    + #""socket": "/greengrass_ipc.sock", "socketThere": true, "sys": false}"#)
        }
    }

    @Test("LAM-07: a function that uses more than its MemorySize is ended, and the log says so in V1's words")
    func memory() throws {
        let code = """
            def function_handler(event, context):
                hoard = []
                while True:
                    hoard.append(bytearray(1 << 20))
            """
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var function = GroupFolder.Function(name: "Hoarder", code: code, withSDK: false)
            function.memory = 49_152
            group.functions = [function]
            group.subscriptions = [(.device("asker"), "hoard", .function("Hoarder"))]
            try core.start(group, devices: "asker")
            guard Expectation.has(.memory) else {
                let log = core.logFolder + "/supervisor.log"
                _ = try core.line(in: log, containing: "MemorySize of functions has no effect")
                return
            }
            let asker = try core.device(.paho, "asker")
            try asker.publish("hoard", "{}")
            let line = try core.line(in: core.systemLog, containing: "Worker consumed all allocated memory!")
            #expect(line.contains("[WARN]-") && line.contains("\"memSize\": 49152"), "\(line)")
            _ = try core.line(in: core.systemLog, containing: "Worker is ungracefully killed.")
            _ = try core.line(in: core.systemLog, containing: "it had used up its memory of 49152 KB")
            let functions = try core.status()["functions"] as? [[String: Any]]
            let death = functions?.first?["lastDeath"] as? [String: Any]
            #expect(death?["outOfMemory"] as? Bool == true, "\(String(describing: functions))")
        }
    }

    @Test("LAM-02, LAM-12: a native function in a container finds the C library and the core at the container's places")
    func native() throws {
        try CoreUnderTest.run { core in
            var echo = GroupFolder.Function(name: "Echo", code: "", pinned: true, encoding: "binary")
            echo.runtime = "executable"
            echo.handler = "echo"
            echo.withSDK = false
            echo.memory = 16_384
            let folder = (core.root as NSString).deletingLastPathComponent
            echo.files = ["echo": try NativeProgram.build("echo", in: folder)]
            var group = GroupFolder()
            group.functions = [echo]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Echo")), (.function("Echo"), "echo", .device("asker")),
            ]
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "echo")
            try asker.publish("ask", "from outside")
            #expect(try asker.receive().payload == "from outside")
            _ = try core.line(in: core.userLog("Echo"), containing: "[INFO]-arguments: [/echo]")
        }
    }
}
