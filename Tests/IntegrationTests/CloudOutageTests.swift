import Foundation
import Testing

/// Networks that fail, and a cloud that goes away and comes back.
@Suite("The link through outages")
struct CloudOutageTests {
    private var upAndDown: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [
            (.device("sensor"), "up/#", .cloud), (.cloud, "down/#", .device("sensor")),
            (.device("sensor"), "local/#", .device("display")),
        ]
        return group
    }

    /// Without those that go back: these are repetitions. What was left out, or came too late, is missing in it.
    private func firstTimes(_ numbers: [Int]) -> [Int] {
        var newest = 0
        return numbers.filter { number in
            defer { newest = max(newest, number) }
            return number > newest
        }
    }

    private func quickly(_ thing: inout [String: Any]) { thing["mqttMaxConnectionRetryInterval"] = 1 }

    @Test(
        "MSG-09, TLS-12, SPOOL-07, DX-02: while the cloud is cut devices talk, and what was sent meanwhile arrives after, in order"
    )
    func cut() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            let proxy = try FaultyProxy(to: cloud.port)
            try core.configureCloud(cloud.certificates, port: proxy.port, quickly)
            try core.start(upAndDown, devices: "sensor", "display")
            try cloud.sees("subscribed")
            let sensor = try core.device(.paho, "sensor", subscribe: "down/#")
            try sensor.publish("up/n", "1")
            #expect(try cloud.payloads(of: "up/n", until: "1") == ["1"])
            try proxy.tell("cut")
            _ = try core.line(
                in: core.systemLog, containing: "The connection to the cloud as first-light_Core-c00 is lost")
            let display = try core.device(.paho, "display", subscribe: "local/#")
            for number in 2...300 { try sensor.publish("up/n", String(number)) }
            try sensor.publish("local/a", "still here")
            #expect(try display.receive() == Device.Message(topic: "local/a", payload: "still here"))
            try proxy.tell("heal")
            // Subscribed again, before what waited comes.
            try cloud.sees("subscribed", "first-light_Core-c00", "down/#")
            let payloads = try cloud.payloads(of: "up/n", until: "300").compactMap { Int($0) }
            // The cut may have caught the confirmation of 1, which then comes again.
            #expect(firstTimes(payloads.filter { $0 > 1 }) == Array(2...300), "\(payloads)")
            try cloud.tell("send down/x 0 again")
            #expect(try sensor.receive() == Device.Message(topic: "down/x", payload: "again"))
        }
    }

    @Test("MSG-07: over a network that flaps every message arrives, in order but for repetitions of unconfirmed ones")
    func flapping() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            let proxy = try FaultyProxy(to: cloud.port)
            try cloud.tell("delay 20")
            try core.configureCloud(cloud.certificates, port: proxy.port, quickly)
            try core.start(upAndDown, devices: "sensor", "display")
            try cloud.sees("subscribed")
            let sensor = try core.device(.paho, "sensor")
            try proxy.tell("flap 1.5")
            for number in 1...1000 { try sensor.publish("up/n", String(number)) }
            let payloads = try cloud.payloads(of: "up/n", until: "1000").compactMap { Int($0) }
            #expect(firstTimes(payloads) == Array(1...1000), "\(payloads)")
        }
    }

    @Test("H-38: a network of 8,000 bytes a second carries a message of 100,000, without being taken for dead")
    func slow() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            let proxy = try FaultyProxy(to: cloud.port)
            try core.configureCloud(cloud.certificates, port: proxy.port, quickly)
            try core.start(upAndDown, devices: "sensor", "display")
            try cloud.sees("subscribed")
            let sensor = try core.device(.paho, "sensor")
            try proxy.tell("slow 8000")
            try sensor.publish("up/large", String(repeating: "x", count: 100_000))
            try sensor.publish("up/n", "after")
            #expect(try cloud.payloads(of: "up/n", until: "after") == ["after"])
            #expect(cloud.seen.filter { $0.contains("\tup/large\t") }.count == 1)
        }
    }

    @Test("SPOOL-07: a core without a cloud to reach starts, says why, and connects when there is one")
    func late() throws {
        try CoreUnderTest.run { core in
            let certificates = try CloudCertificates(in: core.scratch + "/pki")
            let port = try Places.freePort()
            try core.configureCloud(certificates, port: port, quickly)
            try core.start(upAndDown, devices: "sensor", "display")
            let line = try core.line(in: core.systemLog, containing: "No connection to the cloud as first-light_Core:")
            #expect(line.contains("localhost:\(port)"))
            #expect(line.contains("refused"))
        }
    }

    @Test("SPOOL-07, NET-10: a name that cannot be looked up is tried again, and told with where it stands")
    func lookup() throws {
        try CoreUnderTest.run { core in
            let certificates = try CloudCertificates(in: core.scratch + "/pki")
            try core.configureCloud(certificates, host: "nowhere.invalid", port: 8883, quickly)
            try core.start(upAndDown, devices: "sensor", "display")
            let line = try core.line(in: core.systemLog, containing: "nowhere.invalid cannot be looked up")
            #expect(line.contains("coreThing.iotHost"))
        }
    }
}
