import Foundation
import Testing

/// Local resources of functions (access-local-resources.md), on a real core.
@Suite("Local resources")
struct LocalResourcesTests {
    /// The guide's lraTest.py (lra-cli.md) in our words: appends to a file in the volume, publishes what is in it.
    static let code = """
        import os

        import greengrasssdk

        client = greengrasssdk.client('iot-data')
        volume = os.environ.get('AWS_GG_RESOURCE_PREFIX', '') + '/dest/LRAtest'


        def function_handler(event, context):
            try:
                with open(volume + '/test', 'a') as output:
                    output.write('written by {}\\n'.format(os.getgroups()))
                with open(volume + '/test') as content:
                    client.publish(topic='LRA/test', payload=content.read().strip())
            except Exception as error:
                client.publish(topic='LRA/test', payload='error: {}'.format(error))
        """

    /// A folder of its own for a group that nobody is in.
    static func makeVolume(_ core: CoreUnderTest, mode: mode_t) throws -> String {
        let path = (core.root as NSString).deletingLastPathComponent + "/LRAtest"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        chown(path, 0, 64_777)
        chmod(path, mode)
        return path
    }

    static func group(_ volume: String, addsOwner: Bool) -> GroupFolder {
        var group = GroupFolder()
        var function = GroupFolder.Function(name: "lraTest", code: code)
        function.resources = [("data-volume", "rw")]
        group.functions = [function]
        group.resources = [GroupFolder.volume("data-volume", volume, "/dest/LRAtest", addsOwner: addsOwner)]
        group.subscriptions = [
            (.device("asker"), "invoke/LRAFunction", .function("lraTest")),
            (.function("lraTest"), "LRA/test", .device("asker")),
        ]
        return group
    }

    @Test(
        "LRA-07, LRA-09, B-16: without a container a function reaches its volume through the prefix, by the added group"
    )
    func withoutContainer() throws {
        try CoreUnderTest.run { core in
            let volume = try Self.makeVolume(core, mode: 0o2770)
            try core.start(Self.group(volume, addsOwner: true), devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "LRA/test")
            try asker.publish("invoke/LRAFunction", "{}")
            let answer = try asker.receive().payload
            #expect(answer == "written by \(Self.groups)")
            #expect(try String(contentsOfFile: volume + "/test", encoding: .utf8) == "written by \(Self.groups)\n")
        }
    }

    /// The one that the resource adds; where a core is not root's, its functions have the groups of whoever started it.
    private static var groups: [gid_t] {
        if Expectation.has(.users) { return [64_777] }
        var groups = [gid_t](repeating: 0, count: 64)
        return Array(groups.prefix(max(0, Int(getgroups(Int32(groups.count), &groups)))))
    }

    @Test(
        "LRA-08, H-27: a group whose function may not use its resource is refused at the deployment, with what mends it"
    )
    func refused() throws {
        try CoreUnderTest.run { core in
            // The folder of another user's, or one that not even its owner may use.
            let volume = try Self.makeVolume(core, mode: Expectation.has(.users) ? 0o770 : 0)
            defer { chmod(volume, 0o770) }
            var group = Self.group(volume, addsOwner: false)
            group.devices = [("asker", try core.addDevice("asker").certificateID)]
            let result = try core.deployFolder(group)
            #expect(result.exit == .code(1))
            #expect(result.text.contains("group config is invalid: "))
            #expect(result.text.contains("don't have rw permission on the file: \(volume)"), "\(result)")
            #expect(result.text.contains(Expectation.has(.users) ? "AutoAddGroupOwner" : "`chmod "), "\(result)")
        }
    }

    @Test("LAM-18, CFG-14: with config.json's leave, and only with it, a function runs as root")
    func root() throws {
        let code = """
            import os

            import greengrasssdk

            client = greengrasssdk.client('iot-data')


            def function_handler(event, context):
                client.publish(topic='who', payload='{} {}'.format(os.getuid(), os.getgid()))
            """
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            var function = GroupFolder.Function(name: "Rooted", code: code)
            function.runAs = (0, 0)
            group.functions = [function]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Rooted")), (.function("Rooted"), "who", .device("asker")),
            ]
            group.devices = [("asker", try core.addDevice("asker").certificateID)]
            let refused = try core.deployFolder(group)
            #expect(refused.text.contains("are configured to run as root while Greengrass is not"), "\(refused)")
            try core.configure { config in
                var runtime = config["runtime"] as? [String: Any] ?? [:]
                runtime["allowFunctionsToRunAsRoot"] = "yes"
                config["runtime"] = runtime
            }
            group.devices = []
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "who")
            try asker.publish("ask", "{}")
            // Where a core is not root's, nothing is: its functions are their starter's.
            let own = "\(geteuid()) \(getegid())"
            #expect(try asker.receive().payload == (Expectation.has(.users) ? "0 0" : own))
        }
    }
}
