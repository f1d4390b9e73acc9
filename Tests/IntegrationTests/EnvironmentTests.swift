import Foundation
import Testing

@Suite("The environment of the tests")
struct EnvironmentTests {
    @Test("PLAT-10: it has for functions what PERENNIAL_EXPECT declares, no more and no less")
    func declared() throws {
        try CoreUnderTest.run { core in
            let result = try core.plainCommand(["check", "--json"])
            let answer = try JSONSerialization.jsonObject(with: Data(result.output.joined(separator: "\n").utf8))
            let checks = (answer as? [String: Any])?["checks"] as? [[String: Any]] ?? []
            var found: Set<Expectation.Feature> = geteuid() == 0 ? [.users] : []
            let ofContainers = checks.filter { ($0["id"] as? String)?.hasPrefix("containers") == true }
            if ofContainers.first?["outcome"] as? String == "works" {
                found.insert(.containers)
                let texts = ofContainers.compactMap { $0["text"] as? String }
                if !texts.contains(where: { $0.contains("no memory control group") }) { found.insert(.memory) }
            }
            try core.start()
            let process = try ProcessTable.daemon(core.root).core
            if (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")) != nil {
                found.insert(.inspection)
            }
            #expect(found == Expectation.features, "\(result)")
        }
    }

    @Test("LAM-12: a group that asks for a container runs without where there are none and config.json allows it")
    func fallBack() throws {
        try CoreUnderTest.run { core in
            try core.configure { config in
                var runtime = config["runtime"] as? [String: Any] ?? [:]
                runtime["fallBackToNoContainer"] = "yes"
                config["runtime"] = runtime
            }
            let code = """
                import os

                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    client.publish(topic='place', payload=os.getcwd())
                """
            var group = GroupFolder()
            var function = GroupFolder.Function(name: "Looker", code: code)
            function.memory = 65_536
            group.functions = [function]
            group.subscriptions = [
                (.device("asker"), "ask", .function("Looker")), (.function("Looker"), "place", .device("asker")),
            ]
            try core.start(group, fallsBack: true, devices: "asker")
            let asker = try core.device(.paho, "asker", subscribe: "place")
            try asker.publish("ask", "{}")
            #expect((try asker.receive().payload == "/lambda") == Expectation.has(.containers))
        }
    }
}
