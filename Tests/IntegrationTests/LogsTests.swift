import Foundation
import Testing

@Suite("Logs")
struct LogsTests {
    /// `[2017-11-14T16:33:09.05Z][INFO]-started …`; up to three digits of a second (gg-troubleshooting.md, opcua.md).
    private static let line =
        #"^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z\]\[(DEBUG|INFO|WARN|ERROR|FATAL)\]-"#

    private func matches(_ line: String, _ pattern: String) -> Bool {
        line.range(of: pattern, options: .regularExpression) != nil
    }

    private func talker(_ loggers: [[String: Any]]? = nil) -> GroupFolder {
        var group = GroupFolder()
        group.functions = [GroupFolder.Function(name: "Talker", code: FunctionCode.talker, pinned: true)]
        group.subscriptions = [(.device("asker"), "talk", .function("Talker"))]
        if let loggers { group.loggers = loggers }
        return group
    }

    @Test("LOG-05, LOG-06: a function's log stands where V1 has it, in V1's line format, each channel at its level")
    func functionLog() throws {
        try CoreUnderTest.run { core in
            try core.start(talker(), devices: "asker")
            let asker = try core.device(.paho, "asker")
            try asker.publish("talk", "{}")
            let log = core.userLog("Talker")
            for (text, level) in [
                ("said on stdout", "INFO"), ("an info record", "INFO"), ("an error record", "ERROR"),
                ("said on stderr", "ERROR"),
            ] {
                let line = try core.line(in: log, containing: text)
                #expect(line.contains("[\(level)]-"), "\(line)")
                #expect(matches(line, Self.line), "\(line)")
            }
        }
    }

    @Test("LOG-05, LOG-06: the system log stands where V1 has it; its lines name the source file and line")
    func systemLog() throws {
        try CoreUnderTest.run { core in
            try core.start(talker(), devices: "asker")
            _ = try core.line(in: core.systemLog, containing: "[INFO]-")
            let lines = try String(contentsOfFile: core.systemLog, encoding: .utf8).split(separator: "\n")
            #expect(!lines.isEmpty)
            for line in lines { #expect(matches(String(line), Self.line + #"[\w+]+\.swift:\d+,"#), "\(line)") }
        }
    }

    @Test("LOG-04: a log is rotated by the size of the group's logger and never takes more")
    func rotation() throws {
        try CoreUnderTest.run { core in
            let space = 64
            var group = talker([
                GroupFolder.logger(component: "Lambda", level: "INFO", space: space),
                GroupFolder.logger(component: "GreengrassSystem", level: "INFO", space: 1024),
            ])
            group.functions[0].code = """
                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    for number in range(4000):
                        print('line {:06d} '.format(number) + 'x' * 80)
                    client.publish(topic='said', payload='all of it')
                    print('the last line')
                """
            group.subscriptions.append((.function("Talker"), "said", .device("asker")))
            try core.start(group, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "said")
            try asker.publish("talk", "{}")
            #expect(try asker.receive().payload == "all of it")
            _ = try core.line(in: core.userLog("Talker"), containing: "the last line")
            let folder = (core.userLog("Talker") as NSString).deletingLastPathComponent
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            let sizes = try files.map { name in
                try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int ?? 0
            }
            #expect(files.count > 1, "\(files)")
            #expect(sizes.reduce(0, +) <= space * 1024, "\(files) \(sizes)")
        }
    }

    @Test("LOG-05: logs are for root alone")
    func modes() throws {
        try CoreUnderTest.run { core in
            try core.start(talker(), devices: "asker")
            _ = try core.line(in: core.systemLog, containing: "[INFO]-")
            let attributes = try FileManager.default.attributesOfItem(atPath: core.systemLog)
            let mode = attributes[.posixPermissions] as? Int ?? 0o777
            #expect(mode & 0o007 == 0, "mode \(String(mode, radix: 8))")
        }
    }
}
