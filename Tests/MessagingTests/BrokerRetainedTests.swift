import MQTT
import Testing

@testable import Messaging

@Suite("retained messages of a group")
struct BrokerRetainedTests {
    @Test("MSG-06: a retained message is kept for later subscribers whom the table grants it, and for no other")
    func retained() throws {
        let world = try BrokerWorld(
            devices: ["sensor", "second", "actor", "other"],
            rows: [("sensor", "a", "actor"), ("second", "a", "other"), ("second", "b", "actor")])
        let sensor = try world.connect("sensor")
        let second = try world.connect("second")
        for (client, payload) in [(sensor, [1] as [UInt8]), (sensor, [2]), (second, [3])] {
            try client.send(.publish(Publish(topic: try "a".topic(), payload: payload, retain: true)))
            try world.settle(client)
        }
        let actor = try world.connect("actor", subscribe: ["+"])
        let other = try world.connect("other", subscribe: ["a"])
        try world.settle(actor)
        try world.settle(other)
        #expect(try actor.receive().first == .publish(Publish(topic: try "a".topic(), payload: [2], retain: true)))
        #expect(try actor.payloads() == [[2]])
        #expect(try other.payloads() == [[3]])
        try sensor.send(.publish(Publish(topic: try "a".topic(), payload: [], retain: true)))
        try world.settle(sensor)
        let again = try world.connect("actor", subscribe: ["a"])
        try world.settle(again)
        #expect(try again.payloads() == [])
    }

    @Test("MSG-06: a device that retains much leaves places to the others")
    func retainedShares() throws {
        var limits = BrokerLimits()
        limits.retainedMessages = 8
        let world = try BrokerWorld(
            devices: ["greedy", "sensor", "actor"], rows: [("greedy", "#", "actor"), ("sensor", "#", "actor")],
            limits: limits)
        let greedy = try world.connect("greedy")
        let sensor = try world.connect("sensor")
        for number: UInt8 in 0..<8 {
            try greedy.send(.publish(Publish(topic: try "g/\(number)".topic(), payload: [number], retain: true)))
        }
        try world.settle(greedy)
        try sensor.send(.publish(Publish(topic: try "s".topic(), payload: [9], retain: true)))
        try world.settle(sensor)
        let actor = try world.connect("actor", subscribe: ["#"])
        try world.settle(actor)
        #expect(try actor.payloads().sorted { $0[0] < $1[0] } == [[0], [1], [9]])
        #expect(world.broker.counters.retainedRefused == 6)
    }

    @Test("a SUBSCRIBE brings what is retained once, however many of its filters match, with the highest QoS of those")
    func retainedOnce() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "#", "actor")])
        let sensor = try world.connect("sensor")
        for (topic, id) in [("a/b", 1 as UInt16), ("a/c", 2), ("d", 3)] {
            try sensor.send(
                .publish(
                    Publish(
                        topic: try topic.topic(), payload: topic.utf8Bytes,
                        delivery: .atLeastOnce(try identifier(id)), retain: true)))
        }
        try world.settle(sensor)
        let wild = try world.connect("actor", subscribe: Array(repeating: "a/+", count: 300) + ["a/b", "#", "none/+"])
        try world.settle(wild)
        #expect(
            try wild.payloads().sorted { $0.lexicographicallyPrecedes($1) } == ["a/b", "a/c", "d"].map(\.utf8Bytes))
        let exact = try world.connect("actor", subscribe: ["d", "a/b", "d", "none"])
        try world.settle(exact)
        #expect(try exact.payloads() == ["d", "a/b"].map(\.utf8Bytes))
    }
}
