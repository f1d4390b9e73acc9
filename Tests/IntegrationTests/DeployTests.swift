import Foundation
import Testing

@Suite("Deploying to a core that runs")
struct DeployTests {
    @Test(
        "DEP-05, MSG-14: the core takes a new group up by starting anew: connections drop; new device, function, subscriptions"
    )
    func newGroup() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            group.subscriptions = [(.device("a"), "topic", .device("b"))]
            try core.start(group, devices: "a", "b")
            let before = try core.device(.paho, "b", subscribe: "topic")
            let old = try core.status()
            group.functions = [
                GroupFolder.Function(
                    name: "Echo", code: FunctionCode.echo, pinned: true, variables: ["TARGET_TOPIC": "echo"])
            ]
            group.subscriptions = [
                (.device("c"), "topic", .function("Echo")), (.function("Echo"), "echo", .device("b")),
            ]
            try core.deploy(group, devices: ["b", "c"])
            #expect(before.awaitDisconnect())
            // It would connect again by itself, and fight with the next one for their client ID.
            before.close()
            let new = try core.status()
            #expect(new["daemonPid"] as? Int == old["daemonPid"] as? Int)
            #expect(new["corePid"] as? Int != old["corePid"] as? Int)
            let receiver = try core.device(.paho, "b", subscribe: "#")
            let sender = try core.device(.paho, "c")
            try sender.publish("topic", "1")
            #expect(try receiver.receive().payload == #"{"event": 1, "subject": "topic"}"#)
            // Who is no longer in the group can no longer connect.
            guard let removed = core.identities["a"] else { throw HarnessError("no identity") }
            #expect(try Device(.paho, name: "a", identity: removed, port: core.mqttPort).refusal() != nil)
        }
    }
}
