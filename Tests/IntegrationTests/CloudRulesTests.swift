import Foundation
import Testing

/// Against a cloud that disconnects as AWS IoT does.
@Suite("The link and a strict cloud")
struct CloudRulesTests {
    private var upAndDown: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("sensor"), "up/#", .cloud), (.cloud, "down/#", .device("sensor"))]
        return group
    }

    private func run(
        _ group: GroupFolder? = nil, alpn: Bool = false, _ change: @escaping (inout [String: Any]) -> Void = { _ in },
        _ body: (CoreUnderTest, StrictCloud) throws -> Void
    ) throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch, alpn: alpn)
            try core.configureCloud(cloud.certificates, port: cloud.port, change)
            try core.start(group ?? upAndDown, devices: "sensor")
            try body(core, cloud)
        }
    }

    @Test("CID-01, CID-06, CFG-09, NET-03: client IDs, keep-alive, and no ALPN but on port 443")
    func connects() throws {
        try run(alpn: true, { $0["keepAlive"] = 45 }) { core, cloud in
            let lead = try cloud.sees("connected")
            let messages = try cloud.sees("connected")
            #expect(Set([lead[1], messages[1]]) == ["first-light_Core", "first-light_Core-c00"])
            #expect(lead[3] == "45")
            #expect(lead[4] == "-")
            try cloud.sees("subscribed", "first-light_Core-c00", "down/#", "0")
        }
    }

    @Test("CFG-11: coreClientId takes the thing name's place")
    func clientID() throws {
        try run(nil, { $0["coreClientId"] = "mine" }) { core, cloud in
            let names = try [cloud.sees("connected")[1], cloud.sees("connected")[1]]
            #expect(Set(names) == ["mine", "mine-c00"])
        }
    }

    @Test("MSG-07, DX-02: QoS 1, several under way, in order; at a stop the cloud hears a goodbye")
    func window() throws {
        try run { core, cloud in
            try cloud.sees("subscribed")
            try cloud.tell("delay 300")
            let sensor = try core.device(.paho, "sensor")
            for number in 1...40 { try sensor.publish("up/n", String(number)) }
            let payloads = try cloud.payloads(of: "up/n", until: "40")
            #expect(payloads == (1...40).map { String($0) })
            try cloud.tell("most")
            #expect(Int(try cloud.sees("most")[1]) ?? 0 > 5)
            #expect(!cloud.seen.contains { $0.hasPrefix("violation") })
        }
    }

    @Test(
        "MSG-07: a message at which the cloud always disconnects, with or without a reset, is set aside, and others go on",
        arguments: [false, true])
    func poison(withReset: Bool) throws {
        try run(nil, { $0["mqttMaxConnectionRetryInterval"] = 1 }) { core, cloud in
            try cloud.sees("subscribed")
            if withReset { try cloud.tell("reset on") }
            try cloud.tell("poison up/forbidden")
            let sensor = try core.device(.paho, "sensor")
            try sensor.publish("up/n", "before")
            try sensor.publish("up/forbidden", "x")
            try sensor.publish("up/n", "after")
            let payloads = try cloud.payloads(of: "up/n", until: "after")
            // What was under way together with the other one may come again.
            #expect(payloads.first == "before")
            let line = try core.line(in: core.systemLog, containing: "is set aside")
            #expect(line.contains("iot:Publish"))
        }
    }

    @Test("CID-05, H-17: another client with the same ID is told as that, with what to do, and answered slowly")
    func takeover() throws {
        try run(nil, { $0["mqttMaxConnectionRetryInterval"] = 2 }) { core, cloud in
            try cloud.tell("fight first-light_Core 100")
            try cloud.tell("cut")
            let line = try core.line(
                in: core.systemLog, containing: "another client uses the client ID first-light_Core")
            #expect(line.contains("coreClientId"))
            // The messages' connection is not concerned.
            let sensor = try core.device(.paho, "sensor")
            try sensor.publish("up/n", "1")
            #expect(try cloud.payloads(of: "up/n", until: "1") == ["1"])
        }
    }

    @Test("CID-05: CONNACK with a refusal is told with the certificate and what it has to allow")
    func refused() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            try cloud.tell("connack 5")
            try core.configureCloud(cloud.certificates, port: cloud.port)
            try core.start(upAndDown, devices: "sensor")
            let line = try core.line(in: core.systemLog, containing: "does not let first-light_Core")
            #expect(line.contains(cloud.certificates.core))
            try cloud.tell("connack 0")
            try cloud.sees("connected", "first-light_Core-c00")
        }
    }

    @Test("MSG-05: a filter that the cloud refuses is told, and the others work")
    func deniedFilter() throws {
        var group = upAndDown
        group.subscriptions.append((.cloud, "secret/#", .device("sensor")))
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            try cloud.tell("deny secret/#")
            try core.configureCloud(cloud.certificates, port: cloud.port)
            try core.start(group, devices: "sensor")
            let line = try core.line(in: core.systemLog, containing: "refuses the subscription to secret/#")
            #expect(line.contains("iot:Subscribe"))
            let sensor = try core.device(.paho, "sensor", subscribe: "down/#")
            try cloud.sees("subscribed", "first-light_Core-c00", "down/#")
            try cloud.tell("send down/x 1 hello")
            #expect(try sensor.receive() == Device.Message(topic: "down/x", payload: "hello"))
        }
    }

    @Test("H-38, B-02: a half-open connection is noticed by its unanswered message, which arrives on the next one")
    func halfOpen() throws {
        try run(nil, { $0["mqttMaxConnectionRetryInterval"] = 1 }) { core, cloud in
            let proxy = try FaultyProxy(to: cloud.port)
            try core.configureCloud(cloud.certificates, port: proxy.port) { $0["mqttMaxConnectionRetryInterval"] = 1 }
            #expect(try core.command("restart").succeeded)
            for _ in 0..<2 { try proxy.says("connection") }
            try cloud.sees("subscribed")
            try cloud.sees("subscribed")
            let sensor = try core.device(.paho, "sensor")
            try proxy.tell("stall")
            try proxy.says("stalled")
            try sensor.publish("up/n", "1")
            _ = try core.line(in: core.systemLog, containing: "operation timed out")
            try proxy.tell("heal")
            #expect(try cloud.payloads(of: "up/n", until: "1") == ["1"])
        }
    }
}
