import Foundation
import Testing

@Suite("The link to the cloud")
struct CloudTests {
    /// A device's messages go to the cloud on `up/#`, the cloud's to the device on `down/#`.
    private var upAndDown: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("sensor"), "up/#", .cloud), (.cloud, "down/#", .device("sensor"))]
        return group
    }

    @Test("MSG-05, MSG-07, CID-01, CID-06, CFG-04: a device and the cloud exchange messages through the core")
    func bothWays() throws {
        try CoreUnderTest.run { core in
            let cloud = try MosquittoCloud(in: core.scratch)
            try core.configureCloud(cloud.certificates, port: cloud.port)
            try core.start(upAndDown, devices: "sensor")
            try cloud.waitForClients("first-light_Core", "first-light_Core-c00")
            let observer = try cloud.observer("up/#")
            let sensor = try core.device(.paho, "sensor", subscribe: "down/#")
            try sensor.publish("up/temperature", "21.5")
            #expect(try observer.receive() == Device.Message(topic: "up/temperature", payload: "21.5"))
            try cloud.says("Sending SUBACK to first-light_Core-c00")
            try cloud.publish("down/a/b", "wildcard")
            #expect(try sensor.receive() == Device.Message(topic: "down/a/b", payload: "wildcard"))
        }
    }

    @Test("MSG-07, SPOOL-07: what devices send while mosquitto is down and up again arrives after, in order")
    func restartOfTheCloud() throws {
        try CoreUnderTest.run { core in
            let cloud = try MosquittoCloud(in: core.scratch)
            try core.configureCloud(cloud.certificates, port: cloud.port) { $0["mqttMaxConnectionRetryInterval"] = 1 }
            try core.start(upAndDown, devices: "sensor")
            try cloud.says("Sending SUBACK to first-light_Core-c00")
            let sensor = try core.device(.paho, "sensor", subscribe: "down/#")
            let observer = try cloud.observer("up/#")
            try cloud.stop()
            _ = try core.line(
                in: core.systemLog, containing: "The connection to the cloud as first-light_Core-c00 is lost")
            for number in 1...100 { try sensor.publish("up/n", String(number)) }
            try cloud.start()
            var received: [String] = []
            while received.last != "100" { received.append(try observer.receive().payload) }
            #expect(received == (1...100).map { String($0) })
            try cloud.says("Sending SUBACK to first-light_Core-c00")
            try cloud.publish("down/x", "again")
            #expect(try sensor.receive() == Device.Message(topic: "down/x", payload: "again"))
        }
    }

    @Test("B-11: a deployment that wants other messages takes the old subscription of the kept session back")
    func changedPersistent() throws {
        try CoreUnderTest.run { core in
            let cloud = try MosquittoCloud(in: core.scratch)
            var group = upAndDown
            group.spooler = ["GG_CONFIG_SUBSCRIPTION_QUALITY": "AtLeastOncePersistent"]
            try core.configureCloud(cloud.certificates, port: cloud.port) { $0["mqttMaxConnectionRetryInterval"] = 1 }
            try core.start(group, devices: "sensor")
            try cloud.says("Sending SUBACK to first-light_Core-c01")
            group.subscriptions = [(.device("sensor"), "up/#", .cloud), (.cloud, "other/#", .device("sensor"))]
            try core.deploy(group, devices: ["sensor"])
            try cloud.says("Sending UNSUBACK to first-light_Core-c01")
            let sensor = try core.device(.paho, "sensor", subscribe: "other/#")
            try cloud.publish("down/x", "nobody's")
            try cloud.publish("other/x", "wanted")
            #expect(try sensor.receive() == Device.Message(topic: "other/x", payload: "wanted"))
            let status = try core.status()
            let counters = (status["cloud"] as? [String: Any])?["received"] as? Int
            #expect(counters == 1, "\(status)")
        }
    }

    @Test(
        "B-11, CID-03: 1,000 QoS 1 messages sent while the core is cut off and restarted reach their function and device"
    )
    func persistent() throws {
        try CoreUnderTest.run { core in
            let cloud = try MosquittoCloud(in: core.scratch)
            var group = upAndDown
            group.spooler = ["GG_CONFIG_SUBSCRIPTION_QUALITY": "AtLeastOncePersistent"]
            group.functions = [
                GroupFolder.Function(
                    name: "Echo", code: FunctionCode.binaryEcho, pinned: true, encoding: "binary",
                    variables: ["TARGET_TOPIC": "up/echo"])
            ]
            group.subscriptions += [(.cloud, "work/#", .function("Echo")), (.function("Echo"), "up/#", .cloud)]
            try core.configureCloud(cloud.certificates, port: cloud.port) { $0["mqttMaxConnectionRetryInterval"] = 1 }
            try core.start(group, devices: "sensor")
            try cloud.says("Sending SUBACK to first-light_Core-c01")
            let observer = try cloud.observer("up/echo")
            #expect(try core.command("stop").succeeded)
            try cloud.publish("work/n", lines: (1...500).map { String($0) })
            try core.start()
            try cloud.publish("work/n", lines: (501...1000).map { String($0) })
            var seen: Set<Int> = []
            while seen.count < 1000 { if let number = Int(try observer.receive().payload) { seen.insert(number) } }
            #expect(seen == Set(1...1000))
        }
    }
}
