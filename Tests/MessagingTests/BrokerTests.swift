import MQTT
import Testing

@testable import Messaging

@Suite struct BrokerTests {
    @Test("MSG-02: a device's message reaches the device that a row names, and no other")
    func delivery() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor", "other"], rows: [("sensor", "a/+", "actor")])
        let sensor = try world.connect("sensor", subscribe: ["#"])
        let actor = try world.connect("actor", subscribe: ["a/b"])
        let other = try world.connect("other", subscribe: ["#"])
        let packet = Publish(
            topic: try "a/b".topic(), payload: [1, 2], delivery: .atLeastOnce(try identifier(3)), retain: true)
        try sensor.send(.publish(packet))
        try world.until { try actor.receive().count == 1 }
        // The client asked for QoS 1; the message is not one that was retained for it.
        let arrived = Publish(topic: try "a/b".topic(), payload: [1, 2], delivery: .atLeastOnce(try identifier(1)))
        #expect(try actor.receive() == [.publish(arrived)])
        try world.settle(sensor)
        try world.settle(other)
        #expect(try sensor.receive() == [.puback(identifier(3)), .pingresp])
        #expect(try other.receive() == [.pingresp])
        #expect(world.broker.counters.delivered == 1)
    }

    @Test("messages of one topic follow what the device has subscribed to by then")
    func changedBetweenMessages() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "#", "actor")])
        let sensor = try world.connect("sensor")
        func send(_ number: UInt8) throws {
            for _ in 0..<2 { try sensor.publish("a", [number]) }
            sensor.forget()
            try world.settle(sensor)
        }
        let actor = try world.connect("actor")
        try send(1)
        try actor.send(
            .subscribe(
                Subscribe(
                    packetIdentifier: try identifier(1),
                    requests: [Subscribe.Request(try "+".filter(), qos: .atMostOnce)])))
        try world.settle(actor)
        try send(2)
        try actor.send(.unsubscribe(Unsubscribe(packetIdentifier: try identifier(2), filters: [try "+".filter()])))
        try world.settle(actor)
        try send(3)
        #expect(try actor.payloads() == [[2], [2]])
        let again = try world.connect("actor", subscribe: ["a"])
        try world.settle(again)
        try send(4)
        try world.settle(again)
        #expect(try again.payloads() == [[4], [4]])
        let bare = try world.connect("actor")
        try send(5)
        try world.settle(bare)
        #expect(try bare.payloads() == [])
        #expect(world.broker.counters.droppedUnsubscribed == 6)
    }

    @Test("MSG-03: a device's message without a row goes nowhere and is in the log")
    func unrouted() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "a", "actor")])
        let sensor = try world.connect("sensor")
        let actor = try world.connect("actor", subscribe: ["#"])
        try sensor.publish("b", [1])
        try world.settle(sensor)
        try world.settle(actor)
        #expect(try actor.payloads() == [])
        #expect(try world.log.text().contains("Failed to get routes. Discarding message."))
        #expect(world.router.counters.withoutRoute == 1)
    }

    @Test("a device gets nothing of a topic that it has not subscribed to")
    func unsubscribed() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "#", "actor")])
        let sensor = try world.connect("sensor")
        let actor = try world.connect("actor", subscribe: ["b", "c"])
        for topic in ["a", "b", "c", "d"] { try sensor.publish(topic, topic.utf8Bytes) }
        try world.settle(sensor)
        try world.settle(actor)
        #expect(try actor.payloads() == ["b".utf8Bytes, "c".utf8Bytes])
        #expect(world.broker.counters.droppedUnsubscribed == 2)
    }

    @Test("a subscription that no row can ever serve is granted, with a warning that names the device and the filter")
    func uselessFilter() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "a/+", "actor")])
        _ = try world.connect("actor", subscribe: ["+/x", "nothing/here"])
        let text = try world.log.text()
        #expect(text.contains("Device actor subscribed to nothing/here"))
        #expect(!text.contains("subscribed to +/x"))
    }

    @Test("MSG-10: a client ID of no device is refused with CONNACK 2, and the log says which")
    func unknownClient() throws {
        let world = try BrokerWorld(devices: ["sensor"])
        let client = try world.client()
        try client.send(.connect(Connect(clientID: "stranger".utf8Bytes)))
        try world.until {
            _ = try client.receive()
            return client.isEnded
        }
        #expect(try client.receive() == [.connack(Connack(.identifierRejected))])
        #expect(try world.log.text().contains("stranger"))
        #expect(world.broker.connectedDevices.isEmpty)
        #expect(world.broker.pending == 0)
    }

    @Test("a device that connects again ends its older connection, whose will is published")
    func takeover() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "gone", "actor")])
        let actor = try world.connect("actor", subscribe: ["gone"])
        let first = try world.connect("sensor", will: Will(topic: try "gone".topic(), payload: [9]))
        let second = try world.connect("sensor")
        try world.until {
            _ = try first.receive()
            return first.isEnded
        }
        try world.settle(second)
        try world.settle(actor)
        #expect(try actor.payloads() == [[9]])
        #expect(world.broker.counters.takenOver == 1)
        #expect(world.broker.connectedDevices.map(\.thingName) == ["sensor", "actor"])
    }

    @Test("two programs that drive each other out are named in the log")
    func repeatedTakeover() throws {
        let world = try BrokerWorld(devices: ["sensor"])
        var clients: [TestClient] = []
        for _ in 0..<4 { clients.append(try world.connect("sensor")) }
        #expect(try world.log.text().contains("two programs seem to use its certificate and client ID"))
    }

    @Test("a will is published when the client vanishes, not when it says goodbye")
    func will() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "gone", "actor")])
        let actor = try world.connect("actor", subscribe: ["gone"])
        let will = Will(topic: try "gone".topic(), payload: [1])
        var sensor: TestClient? = try world.connect("sensor", will: will)
        try sensor?.send(.disconnect)
        try world.until { world.broker.connectedDevices.count == 1 }
        sensor = try world.connect("sensor", will: will)
        sensor = nil
        try world.until { world.broker.connectedDevices.count == 1 }
        try world.settle(actor)
        #expect(try actor.payloads() == [[1]])
    }

    @Test("a client that breaks the standard is dropped, and the log names the clause")
    func violation() throws {
        let world = try BrokerWorld(devices: ["sensor"])
        let client = try world.connect("sensor")
        try client.send([0x30, 3, 0, 1, 0x23])
        try world.until {
            _ = try client.receive()
            return client.isEnded
        }
        #expect(try world.log.text().contains("[MQTT-3.3.2-2]"))
    }

    @Test("messages of every size arrive whole and in order, however the bytes are split")
    func sizes() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "a", "actor")])
        let sensor = try world.connect("sensor")
        let actor = try world.connect("actor", subscribe: ["a"])
        var stream: [UInt8] = []
        var expected: [[UInt8]] = []
        for size in [0, 1, 100, 4_090, 5_000, 70_000, 3, 131_072, 65_500, 0, 20_000] {
            let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) }
            expected.append(payload)
            stream += try encoded(.publish(Publish(topic: try "a".topic(), payload: payload)))
        }
        var start = 0
        for piece in sequence(first: 1, next: { $0 * 3 % 9_973 + 1 }) {
            let end = min(start + piece, stream.count)
            try sensor.send(Array(stream[start..<end]))
            try world.reactor.turn(waiting: false)
            _ = try actor.receive()
            start = end
            if start == stream.count { break }
        }
        try world.until { try actor.payloads().count == expected.count }
        #expect(try actor.payloads() == expected)
    }

    @Test("a slow device loses messages, which are counted and logged, and holds nobody up")
    func slowDevice() throws {
        var limits = BrokerLimits()
        limits.outputQueue = 200_000
        let world = try BrokerWorld(
            devices: ["sensor", "slow", "quick"], rows: [("sensor", "a", "slow"), ("sensor", "a", "quick")],
            limits: limits)
        let sensor = try world.connect("sensor")
        let slow = try world.connect("slow", subscribe: ["a"])
        let quick = try world.connect("quick", subscribe: ["a"])
        let payload = [UInt8](repeating: 5, count: 50_000)
        var sent = 0
        while world.broker.counters.droppedByFullQueue == 0 {
            try sensor.publish("a", payload)
            sent += 1
            try world.until { try quick.payloads().count == sent }
            #expect(world.broker.waiting <= limits.outputQueue)
        }
        #expect(try world.log.text().contains("Device slow reads too slowly"))
        try world.until { try slow.payloads().count == sent - 1 }
        try world.until { world.broker.waiting == 0 }
        try sensor.publish("a", payload)
        try world.until { try slow.payloads().count == sent }
        #expect(try world.log.text().contains("Device slow reads again; it has lost 1 messages so far."))
        #expect(world.broker.connectedDevices.map(\.dropped) == [0, 1, 0])
    }

    @Test("a client that reads and never acknowledges is told of once, and each message that it loses counts once")
    func neverAcknowledges() throws {
        var limits = BrokerLimits()
        limits.sessionMessages = 5
        let world = try BrokerWorld(
            devices: ["sensor", "mute"], rows: [("sensor", "a", "mute")], limits: limits)
        let sensor = try world.connect("sensor")
        let mute = try world.connect("mute", subscribe: ["a"])
        for number in 1...20 as ClosedRange<UInt16> {
            let delivery = Publish.Delivery.atLeastOnce(try identifier(number))
            try sensor.send(.publish(Publish(topic: try "a".topic(), payload: [1], delivery: delivery)))
            try world.until { try sensor.receive().count == Int(number) }
            try mute.send(.pingreq)
            try world.until { try mute.receive().count { $0 == .pingresp } == Int(number) }
            #expect(try mute.payloads().count == min(Int(number), 5))
        }
        #expect(world.broker.counters.droppedByFullSession == 15)
        #expect(world.broker.counters.droppedByFullQueue == 0)
        #expect(world.broker.connectedDevices.map(\.dropped) == [0, 15])
        let lines = try world.log.text().split(separator: "\n").filter { $0.contains("Device mute reads too slowly") }
        #expect(lines.count == 1)
    }

    @Test("a client that does not read its acknowledgements is not read either, and loses none")
    func unreadAnswers() throws {
        var limits = BrokerLimits()
        limits.outputQueue = 10_000
        let world = try BrokerWorld(devices: ["sensor"], limits: limits)
        let sensor = try world.connect("sensor")
        let connection = try #require(world.broker.connections.first)
        shrinkKernelBuffers(connection.descriptor)
        shrinkKernelBuffers(sensor.descriptor)
        // Without a row, a message costs nothing but its acknowledgement.
        let message = try encoded(
            .publish(Publish(topic: try "a".topic(), payload: [], delivery: .atLeastOnce(try identifier(1)))))
        let batch = [UInt8]((0..<10_000).flatMap { _ in message })[...]
        var left = batch
        var sent = 0
        try world.until {
            // What one turn reads brings at most as many bytes of answers.
            #expect(connection.output.count <= limits.outputQueue + 2 * BrokerConnection.scratchSize)
            let count = sensor.sendSome(left)
            sent += count
            left = left.dropFirst(count)
            if left.isEmpty { left = batch }
            return connection.isFull
        }
        let acknowledgement = try encoded(.puback(identifier(1)))
        var received = 0
        try world.until {
            received += sensor.drain()
            return received == sent / message.count * acknowledgement.count
        }
    }

    @Test("a device may have a row to itself")
    func loopback() throws {
        let world = try BrokerWorld(devices: ["sensor"], rows: [("sensor", "a", "sensor")])
        let sensor = try world.connect("sensor", subscribe: ["a"])
        try sensor.publish("a", [1])
        try world.until { try sensor.payloads() == [[1]] }
    }

    @Test("silent connections are ended in time, and others wait until there is room for them")
    func pending() throws {
        var limits = BrokerLimits()
        limits.pendingConnections = 2
        limits.connectTime = 50_000_000
        let world = try BrokerWorld(devices: ["sensor"], limits: limits)
        // All three are in the kernel's queue before the broker looks.
        let silent = [try world.client(), try world.client()]
        let sensor = try world.client()
        try sensor.send(.connect(Connect(clientID: "sensor".utf8Bytes)))
        try world.until { world.broker.isPaused }
        #expect(world.broker.counters.accepted == 2)
        try world.until { try sensor.receive() == [.connack(Connack(.accepted))] }
        // One look at all connections ends those whose time is over: not both need be in the same one.
        for client in silent {
            try world.until {
                _ = try client.receive()
                return client.isEnded
            }
        }
        try world.until { world.broker.pending == 0 }
        #expect(try world.log.text().contains("it sent no CONNECT in time"))
    }

    @Test("a host whose silent connections hold the places loses them to who comes")
    func crowded() throws {
        var limits = BrokerLimits()
        limits.pendingConnections = 4
        limits.pendingPatience = 0
        let world = try BrokerWorld(devices: ["sensor"], limits: limits)
        var silent: [TestClient] = []
        for _ in 0..<12 { silent.append(try world.client()) }
        let sensor = try world.client()
        try sensor.send(.connect(Connect(clientID: "sensor".utf8Bytes)))
        // The time to connect is 10 s: nobody had to wait for that.
        try world.until { try sensor.receive() == [.connack(Connack(.accepted))] }
        #expect(world.broker.counters.crowdedOut == 9)
        #expect(world.broker.pending == 3)
        #expect(
            try world.log.text().contains("have not said who they are and keep others out, the last one from 127.0.0.1")
        )
    }

    @Test("IPv6 addresses of one network count together, neighbours on the link and IPv4 addresses apart")
    func networks() {
        #expect(LocalBroker.network(of: "2001:db8:1:2:3:4:5:6") == "2001:db8:1:2")
        #expect(LocalBroker.network(of: "2001:db8:1:2::9") == "2001:db8:1:2")
        #expect(LocalBroker.network(of: "2001:db8::9") == "2001:db8:0:0")
        #expect(LocalBroker.network(of: "::1") == "0:0:0:0")
        #expect(LocalBroker.network(of: "fe80::1:2") == "fe80::1:2")
        #expect(LocalBroker.network(of: "192.0.2.7") == "192.0.2.7")
    }

    @Test(
        "MQTT-3.3.5-2: a message that could not be made safe is not acknowledged: the connection ends",
        arguments: [1, 2])
    func refused(qos: Int) throws {
        let world = try BrokerWorld(devices: ["sensor", "store"], rows: [("sensor", "a", "store")])
        let store = RefusingTarget()
        world.router.register(store, for: .device("store"))
        let sensor = try world.connect("sensor")
        try sensor.publish("a", [0])
        try world.settle(sensor)
        sensor.forget()
        let delivery: Publish.Delivery = qos == 1 ? .atLeastOnce(try identifier(1)) : .exactlyOnce(try identifier(1))
        try sensor.send(.publish(Publish(topic: try "a".topic(), payload: [1], delivery: delivery)))
        try world.until { try !sensor.receive().isEmpty || sensor.isEnded }
        #expect(try sensor.receive().isEmpty)
        #expect(store.refused == 2)
        #expect(try world.log.text().contains("the disk is too slow for its messages to the cloud"))
    }

    @Test("stopping closes every connection")
    func stop() throws {
        let world = try BrokerWorld(devices: ["sensor"])
        let sensor = try world.connect("sensor")
        let silent = try world.client()
        try world.until { world.broker.pending == 1 }
        world.broker.stop()
        _ = try sensor.receive()
        _ = try silent.receive()
        #expect(sensor.isEnded && silent.isEnded)
        #expect(world.broker.connections.isEmpty)
        #expect(throws: (any Error).self) { try world.client() }
    }
}

/// A queue whose disk does not keep up.
private final class RefusingTarget: MessageTarget {
    var refused = 0

    func deliver(_ message: borrowing MessageView) -> Delivery {
        refused += 1
        return .refused
    }

    func isFull(forPayload bytes: Int) -> Bool { true }
}
