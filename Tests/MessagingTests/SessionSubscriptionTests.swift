import MQTT
import Testing

@testable import Messaging

@Suite struct SessionSubscriptionTests {
    private func subscribe(_ filters: [String], qos: QoS = .atMostOnce) throws -> Packet {
        let requests = try filters.map { Subscribe.Request(try $0.filter(), qos: qos) }
        return .subscribe(Subscribe(packetIdentifier: try identifier(9), requests: requests))
    }

    private func suback(_ answers: [Suback.Answer]) throws -> Packet {
        .suback(Suback(packetIdentifier: try identifier(9), answers: answers))
    }

    @Test("MSG-06: every QoS is granted as it was asked for", arguments: [QoS.atMostOnce, .atLeastOnce, .exactlyOnce])
    func granted(qos: QoS) throws {
        let driver = try SessionDriver.connected()
        let events = try driver.feed(subscribe(["a/+", "b"], qos: qos))
        #expect(events == [.subscribed(added: [try "a/+".filter(), try "b".filter()], refused: [])])
        #expect(try driver.sent() == [suback([.granted(qos), .granted(qos)])])
        #expect(driver.wants("a/x") == qos)
        #expect(driver.wants("a") == nil)
    }

    @Test("a client's filter follows MQTT's own rule: sensor/# takes sensor too")
    func ownRule() throws {
        let driver = try SessionDriver.connected()
        try driver.feed(subscribe(["sensor/#"]))
        #expect(driver.wants("sensor") != nil)
        #expect(driver.wants("sensor/a/b") != nil)
    }

    @Test("a filter subscribed to twice is there once, and gone after one UNSUBSCRIBE")
    func twice() throws {
        let driver = try SessionDriver.connected()
        try driver.feed(subscribe(["a"]))
        #expect(try driver.feed(subscribe(["a", "a"])) == [.subscribed(added: [], refused: [])])
        _ = try driver.sent()
        let packet = Unsubscribe(packetIdentifier: try identifier(4), filters: [try "a".filter(), try "b".filter()])
        #expect(try driver.feed(.unsubscribe(packet)) == [])
        #expect(try driver.sent() == [.unsuback(identifier(4))])
        #expect(driver.wants("a") == nil)
    }

    @Test("MSG-15: a filter of more than 256 bytes or 7 slashes is refused with 0x80, the others are granted")
    func limits() throws {
        let driver = try SessionDriver.connected()
        let (deep, long) = ("+/+/+/+/+/+/+/+/#", String(repeating: "x", count: 257))
        let events = try driver.feed(subscribe([deep, "a", long]))
        #expect(
            events == [.subscribed(added: [try "a".filter()], refused: [try deep.filter(), try long.filter()])])
        #expect(try driver.sent() == [suback([.refused, .granted(.atMostOnce), .refused])])
    }

    @Test("the filters of a connection are bounded; one that is there already is granted again")
    func bounded() throws {
        var limits = BrokerLimits()
        limits.filters = 2
        let driver = try SessionDriver.connected(limits: limits)
        try driver.feed(subscribe(["a", "b"]))
        try driver.feed(subscribe(["c", "b"]))
        let granted = Suback.Answer.granted(.atMostOnce)
        #expect(try driver.sent() == [suback([granted, granted]), suback([.refused, granted])])
        #expect(try driver.feed(subscribe(["a", "b", "c"])) == [.close(.tooManyFilters(3))])
    }

    @Test("a client that is not connected wants nothing")
    func notConnected() throws {
        let driver = try SessionDriver.connected()
        try driver.feed(subscribe(["a"]))
        try driver.feed(.disconnect)
        #expect(driver.wants("a") == nil)
    }
}
