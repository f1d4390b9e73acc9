import Foundation
import Testing

/// What public MQTT clients get from the group's listener, over TLS with their certificates.
@Suite("Devices: quality of service, sessions, wills, retained messages")
struct QualityOfServiceTests {
    private let topic = "sensor/1"

    private var sensorToDisplay: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("sensor"), "sensor/#", .device("display"))]
        return group
    }

    @Test("paho: QoS 0, 1 and 2 arrive with their QoS", arguments: [0, 1, 2])
    func quality(_ qos: Int) throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let options = ["--qos", String(qos), "--details"]
            let display = try core.device(.paho, "display", subscribe: "sensor/+", options: options)
            let sensor = try core.device(.paho, "sensor", options: options)
            for number in 0..<5 {
                qos == 0
                    ? try sensor.publish(topic, "\(number)") : try sensor.publishAcknowledged(topic, "\(number)")
                #expect(try display.receive() == Device.Message(topic: topic, payload: "\(qos) 0 \(number)"))
            }
        }
    }

    @Test("AWSIoTPythonSDK: QoS 1 is acknowledged and arrives")
    func awsSDK() throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let display = try core.device(.aws, "display", subscribe: "sensor/+", options: ["--qos", "1"])
            let sensor = try core.device(.aws, "sensor", options: ["--qos", "1"])
            for number in 0..<3 {
                try sensor.publishAcknowledged(topic, "\(number)")
                #expect(try display.receive() == Device.Message(topic: topic, payload: "\(number)"))
            }
        }
    }

    @Test("mosquitto_pub and mosquitto_sub: QoS 2")
    func mosquitto() throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let display = try MosquittoSubscriber(core, "display", topic: "sensor/#", qos: 2)
            for payload in ["one", "two"] {
                let result = try MosquittoSubscriber.publish(core, "sensor", topic: topic, payload: payload, qos: 2)
                #expect(result.succeeded, "\(result)")
                #expect(try display.receive() == Device.Message(topic: topic, payload: payload))
            }
            display.close()
        }
    }

    @Test("[MQTT-3.3.5-2] MSG-03: a QoS 1 or 2 message that no row carries is acknowledged", arguments: [1, 2])
    func unrouted(_ qos: Int) throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "#")
            let sensor = try core.device(.paho, "sensor", options: ["--qos", String(qos)])
            try sensor.publishAcknowledged("elsewhere", "for nobody")
            try sensor.publishAcknowledged(topic, "for the display")
            #expect(try display.receive() == Device.Message(topic: topic, payload: "for the display"))
        }
    }

    @Test("a retained message reaches a device that subscribes later, where the table grants it")
    func retained() throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display", "stranger")
            let sensor = try core.device(.paho, "sensor", options: ["--qos", "1"])
            try sensor.publishAcknowledged(topic, "kept", retain: true)
            try sensor.publishAcknowledged("elsewhere", "kept too", retain: true)
            let display = try core.device(.paho, "display", subscribe: "#", options: ["--details", "--qos", "1"])
            #expect(try display.receive() == Device.Message(topic: topic, payload: "1 1 kept"))
            try sensor.publishAcknowledged(topic, "fresh")
            #expect(try display.receive() == Device.Message(topic: topic, payload: "1 0 fresh"))
        }
    }

    @Test("the will of a device that is cut off arrives; that of one that says goodbye does not")
    func will() throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "sensor/#")
            let polite = try core.device(.paho, "sensor", options: ["--will", "sensor/will=goodbye"])
            polite.close()
            let sensor = try core.device(.paho, "sensor", options: ["--will", "sensor/will=gone"])
            sensor.cutOff()
            #expect(try display.receive() == Device.Message(topic: "sensor/will", payload: "gone"))
        }
    }

    @Test("a persistent session keeps what comes while its device is away")
    func session() throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let options = ["--qos", "1", "--persistent"]
            try core.device(.paho, "display", subscribe: "sensor/#", options: options).close()
            let sensor = try core.device(.paho, "sensor", options: ["--qos", "1"])
            for number in 0..<3 { try sensor.publishAcknowledged(topic, "\(number)") }
            let again = try core.device(.paho, "display", options: options)
            for number in 0..<3 {
                #expect(try again.receive() == Device.Message(topic: topic, payload: "\(number)"))
            }
        }
    }

    @Test("MSG-15, LIM-01: a message of 128 KB arrives; one byte more ends the connection, and the log says why")
    func size() throws {
        try CoreUnderTest.run { core in
            try core.start(sensorToDisplay, devices: "sensor", "display")
            let display = try core.device(.paho, "display", subscribe: "sensor/#")
            let sensor = try core.device(.paho, "sensor")
            let largest = String(repeating: "x", count: 131_072)
            try sensor.publish(topic, largest)
            #expect(try display.receive() == Device.Message(topic: topic, payload: largest))
            try sensor.publish(topic, largest + "x")
            #expect(sensor.awaitDisconnect())
            let line = try core.line(in: core.systemLog, containing: "131072")
            #expect(line.contains("sensor") && line.contains("[WARN]-"))
            sensor.cutOff()
            let again = try core.device(.paho, "sensor")
            try again.publish(topic, "small")
            #expect(try display.receive() == Device.Message(topic: topic, payload: "small"))
            again.close()
        }
    }

    @Test("TLS-12: devices connect and talk while the cloud cannot be reached, also after the core was started again")
    func outage() throws {
        try CoreUnderTest.run { core in
            try core.configure { config in
                guard var thing = config["coreThing"] as? [String: Any] else { throw HarnessError("no coreThing") }
                // Nobody answers there (RFC 5737).
                thing["iotHost"] = "192.0.2.1"
                thing["ggHost"] = "192.0.2.1"
                config["coreThing"] = thing
            }
            try core.start(sensorToDisplay, devices: "sensor", "display")
            for round in 0..<2 {
                if round == 1 {
                    let result = try core.command("restart")
                    #expect(result.succeeded, "\(result)")
                }
                let display = try core.device(.aws, "display", subscribe: "sensor/#")
                let sensor = try core.device(.aws, "sensor")
                try sensor.publish(topic, "round \(round)")
                #expect(try display.receive() == Device.Message(topic: topic, payload: "round \(round)"))
                sensor.close()
                display.close()
            }
        }
    }
}
