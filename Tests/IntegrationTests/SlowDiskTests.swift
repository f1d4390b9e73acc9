import Foundation
import Testing

@Suite("A disk that keeps the queue to the cloud waiting")
struct SlowDiskTests {
    private var group: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [
            (.device("left"), "there", .device("right")), (.device("right"), "back", .device("left")),
            (.device("sensor"), "up", .cloud),
        ]
        return group
    }

    /// Builds the library whose syncs wait while the gate is there.
    private func slowsync(_ core: CoreUnderTest) throws -> (library: String, gate: String) {
        let folder = (core.root as NSString).deletingLastPathComponent
        let library = folder + "/slowsync.so"
        let built = try CommandResult.run(
            ["clang", "-shared", "-fPIC", "-o", library, Places.tests + "/Harness/slowsync.c", "-ldl"],
            environment: ProcessInfo.processInfo.environment)
        guard built.succeeded else { throw HarnessError("slowsync.c: \(built)") }
        return (library, folder + "/gate")
    }

    @Test("H-37, MSG-09: while a sync waits, two devices talk; the message to the cloud is acknowledged after it")
    func stalled() throws {
        try CoreUnderTest.run { core in
            let slow = try slowsync(core)
            core.environment = ["LD_PRELOAD": slow.library, "SLOWSYNC_GATE": slow.gate]
            try core.configure { config in
                guard var thing = config["coreThing"] as? [String: Any] else { throw HarnessError("no coreThing") }
                // Nobody answers there (RFC 5737).
                thing["iotHost"] = "192.0.2.1"
                thing["ggHost"] = "192.0.2.1"
                config["coreThing"] = thing
            }
            try core.start(group, devices: "left", "right", "sensor")
            let left = try core.device(.paho, "left", subscribe: "back")
            let right = try core.device(.paho, "right", subscribe: "there")
            let sensor = try core.device(.paho, "sensor", options: ["--qos", "1"])
            _ = FileManager.default.createFile(atPath: slow.gate, contents: nil)
            chmod(slow.gate, 0o666)
            try sensor.publish("up", "1")
            #expect(waits(slow.gate), "no sync came to the gate")
            for round in 0..<100 {
                try left.publish("there", "\(round)")
                #expect(try right.receive().payload == "\(round)")
                try right.publish("back", "\(round)")
                #expect(try left.receive().payload == "\(round)")
            }
            #expect(!sensor.hasSaid("published"))
            try FileManager.default.removeItem(atPath: slow.gate)
            try sensor.awaitAcknowledgement()
        }
    }

    /// Until a sync has said that it waits.
    private func waits(_ gate: String) -> Bool {
        let end = Date().addingTimeInterval(30)
        while Date() < end {
            guard (FileManager.default.contents(atPath: gate) ?? Data()).isEmpty else { return true }
            usleep(1000)
        }
        return false
    }
}
