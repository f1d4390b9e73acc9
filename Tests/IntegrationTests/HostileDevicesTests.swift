import Foundation
import Testing

/// What strangers and devices that misbehave do to the other devices of a core: nothing.
@Suite("Hostile devices")
struct HostileDevicesTests {
    private var group: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [
            (.device("sensor"), "a", .device("display")), (.device("sensor"), "a", .device("mute")),
        ]
        return group
    }

    @Test("connections that say nothing, or speak no TLS, keep no device out and delay no message")
    func strangers() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "sensor", "display", "mute")
            let display = try core.device(.paho, "display", subscribe: "a")
            let sensor = try core.device(.paho, "sensor", options: ["--qos", "1"])
            var strangers: [Stranger] = []
            for number in 0..<60 {
                strangers.append(try Stranger(port: core.mqttPort))
                strangers.append(try Stranger(port: core.mqttPort, says: "GET / HTTP/1.1\r\n\r\n"))
                try sensor.publishAcknowledged("a", "\(number)")
                #expect(try display.receive().payload == "\(number)")
            }
            // A device that comes while every place is taken by those who say nothing gets in all the same.
            let late = try core.persistentDevice(.paho, "mute", subscribe: "a")
            try sensor.publishAcknowledged("a", "to all")
            #expect(try late.receive().payload == "to all")
            #expect(try display.receive().payload == "to all")
            #expect(strangers.count == 120)
        }
    }

    @Test("a device that never reads costs a bounded queue, and the others get every message")
    func neverReads() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "sensor", "display", "mute")
            let display = try core.device(.paho, "display", subscribe: "a")
            let mute = try core.device(.paho, "mute", subscribe: "a")
            mute.freeze()
            let sensor = try core.device(.paho, "sensor", options: ["--qos", "1"])
            let padding = String(repeating: "x", count: 32_768)
            let before = core.residentBytes
            for number in 0..<300 {
                try sensor.publishAcknowledged("a", "\(number) \(padding)")
                #expect(try display.receive().payload == "\(number) \(padding)")
            }
            // 10 MB went to it; what the kernel and the broker keep of them is bounded.
            #expect(core.residentBytes - before < 8_388_608)
            let line = try core.line(in: core.systemLog, containing: "reads too slowly")
            #expect(line.contains("mute"))
        }
    }
}

extension CoreUnderTest {
    /// The memory of all processes of the core that is in RAM.
    fileprivate var residentBytes: Int {
        ProcessTable.naming(root).filter { $0.commandLine.contains("greengrassd") }.reduce(0) {
            sum, process in
            let fields =
                (try? String(contentsOfFile: "/proc/\(process.pid)/statm", encoding: .utf8)) ?? ""
            let words = fields.split(separator: " ")
            return sum + (words.count > 1 ? (Int(words[1]) ?? 0) * 4_096 : 0)
        }
    }
}
