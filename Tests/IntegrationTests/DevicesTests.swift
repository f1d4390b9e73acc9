import Foundation
import Testing

@Suite("Devices and the subscription table")
struct DevicesTests {
    private let topic = "hello/world/pubsub"

    /// The group of the guide's device tutorial (module 4).
    private var publisherToSubscriber: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("HelloWorld_Publisher"), topic, .device("HelloWorld_Subscriber"))]
        return group
    }

    @Test(
        "TUT-03, MSG-02, MSG-06: the guide's two devices exchange hello/world/pubsub",
        arguments: Device.Client.allCases)
    func helloWorldPubSub(_ client: Device.Client) throws {
        try CoreUnderTest.run { core in
            try core.start(publisherToSubscriber, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let subscriber = try core.device(client, "HelloWorld_Subscriber", subscribe: topic)
            let publisher = try core.device(client, "HelloWorld_Publisher")
            for number in 0..<3 {
                let payload = #"{"message": "Hello World!", "sequence": \#(number)}"#
                try publisher.publish(topic, payload)
                #expect(try subscriber.receive() == Device.Message(topic: topic, payload: payload))
            }
            publisher.close()
            subscriber.close()
        }
    }

    @Test("TUT-03: mosquitto_pub and mosquitto_sub exchange messages, with each other and with AWSIoTPythonSDK")
    func mosquitto() throws {
        try CoreUnderTest.run { core in
            try core.start(publisherToSubscriber, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let subscriber = try MosquittoSubscriber(core, "HelloWorld_Subscriber", topic: topic)
            let result = try MosquittoSubscriber.publish(core, "HelloWorld_Publisher", topic: topic, payload: "one")
            #expect(result.succeeded, "\(result)")
            #expect(try subscriber.receive() == Device.Message(topic: topic, payload: "one"))
            let publisher = try core.device(.aws, "HelloWorld_Publisher")
            try publisher.publish(topic, "two")
            #expect(try subscriber.receive() == Device.Message(topic: topic, payload: "two"))
            publisher.close()
            subscriber.close()
        }
    }

    @Test("MSG-02: a subscription is one way, and a topic outside it is not delivered")
    func oneWay() throws {
        try CoreUnderTest.run { core in
            var group = publisherToSubscriber
            group.subscriptions.append((.device("HelloWorld_Subscriber"), "back", .device("HelloWorld_Publisher")))
            try core.start(group, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let subscriber = try core.device(.paho, "HelloWorld_Subscriber", subscribe: "#")
            let publisher = try core.device(.paho, "HelloWorld_Publisher", subscribe: "#")
            // The table has each topic in the other direction only. One sender's messages arrive in order, so the one
            // that is allowed, sent last, would arrive after the others.
            try subscriber.publish(topic, "the wrong way")
            try subscriber.publish("elsewhere", "no subscription")
            try subscriber.publish("back", "allowed")
            #expect(try publisher.receive() == Device.Message(topic: "back", payload: "allowed"))
            try publisher.publish("back", "the wrong way")
            try publisher.publish(topic, "allowed")
            #expect(try subscriber.receive() == Device.Message(topic: topic, payload: "allowed"))
        }
    }

    @Test("MSG-04, DX-03: sensor/# in the table does not grant sensor; in a device's SUBSCRIBE it matches sensor")
    func wildcards() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.subscriptions = [
                (.device("sensor"), "sensor/#", .device("display")), (.device("gauge"), "sensor", .device("display")),
            ]
            try core.start(group, devices: "sensor", "gauge", "display")
            let display = try core.device(.paho, "display", subscribe: "sensor/#")
            let sensor = try core.device(.paho, "sensor")
            for topic in ["sensor", "sensor/", "sensor/a/b"] { try sensor.publish(topic, topic) }
            #expect(try display.receive().topic == "sensor/")
            #expect(try display.receive().topic == "sensor/a/b")
            let gauge = try core.device(.paho, "gauge")
            try gauge.publish("sensor", "from the gauge")
            #expect(try display.receive() == Device.Message(topic: "sensor", payload: "from the gauge"))
        }
    }

    @Test("MSG-03: a message that no subscription matches is logged in V1's words, with its source and topic")
    func unrouted() throws {
        try CoreUnderTest.run { core in
            try core.start(publisherToSubscriber, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let publisher = try core.device(.aws, "HelloWorld_Publisher")
            try publisher.publish("not/in/the/table", "lost")
            let line = try core.line(in: core.systemLog, containing: "Failed to get routes. Discarding message.")
            #expect(line.contains("[DEBUG]-"))
            #expect(line.contains("not/in/the/table"))
            #expect(line.contains("HelloWorld_Publisher"))
        }
    }

    @Test("MSG-11: a device whose certificate is not the group's cannot connect, and the log says why")
    func stranger() throws {
        try CoreUnderTest.run { core in
            try core.start(publisherToSubscriber, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let folder = (core.root as NSString).deletingLastPathComponent
            guard let ca = core.identities["HelloWorld_Publisher"]?.ca else { throw HarnessError("no identity") }
            let selfSigned = try Identities.stranger("HelloWorld_Publisher", ca: ca, in: folder)
            // A device of the same CA that the deployed group does not name is as strange.
            let unnamed = try core.addDevice("Unnamed")
            for (name, identity) in [("HelloWorld_Publisher", selfSigned), ("Unnamed", unnamed)] {
                let device = try Device(.paho, name: name, identity: identity, port: core.mqttPort)
                #expect(device.refusal() != nil)
                let line = try core.line(in: core.systemLog, containing: identity.certificateID)
                #expect(line.contains("[WARN]-") || line.contains("[ERROR]-"), "\(line)")
            }
        }
    }

    @Test("MSG-11: a client without a certificate cannot connect")
    func withoutCertificate() throws {
        try CoreUnderTest.run { core in
            try core.start(publisherToSubscriber, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            guard let ca = core.identities["HelloWorld_Publisher"]?.ca else { throw HarnessError("no identity") }
            let result = try CommandResult.run([
                "mosquitto_pub", "-h", "localhost", "-p", String(core.mqttPort), "--cafile", ca, "-i",
                "HelloWorld_Publisher", "-t", topic, "-m", "anonymous",
            ])
            #expect(!result.succeeded)
        }
    }

    @Test("MSG-10: a client ID other than the thing name ends the connection, and the log names both")
    func clientID() throws {
        try CoreUnderTest.run { core in
            try core.start(publisherToSubscriber, devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let result = try MosquittoSubscriber.publish(
                core, "HelloWorld_Publisher", clientID: "SomebodyElse", topic: topic, payload: "x")
            #expect(!result.succeeded)
            let line = try core.line(in: core.systemLog, containing: "SomebodyElse")
            #expect(line.contains("HelloWorld_Publisher"))
        }
    }
}
