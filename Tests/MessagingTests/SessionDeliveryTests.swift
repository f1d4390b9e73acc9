import MQTT
import Testing

@testable import Messaging

@Suite struct SessionDeliveryTests {
    private func message(_ payload: UInt8, _ delivery: Publish.Delivery) throws -> Packet {
        .publish(Publish(topic: try "a".topic(), payload: [payload], delivery: delivery))
    }

    @Test("what was sent and not acknowledged comes again after a reconnect, in its order, with DUP or as PUBREL")
    func retransmission() throws {
        let driver = try SessionDriver.connected()
        try driver.deliver("a", [1], .atLeastOnce)
        try driver.deliver("a", [2], .exactlyOnce)
        try driver.deliver("a", [3], .exactlyOnce)
        try driver.deliver("a", [4], .atLeastOnce)
        try driver.feed(.pubrec(identifier(2)))
        try driver.feed(.puback(identifier(4)))
        _ = try driver.sent()
        try driver.reconnect()
        let expected = [
            Packet.connack(Connack(.accepted, sessionPresent: true)),
            try message(1, .atLeastOnce(identifier(1), duplicate: true)), .pubrel(try identifier(2)),
            try message(3, .exactlyOnce(identifier(3), duplicate: true)),
        ]
        #expect(try driver.sent() == expected)
        try driver.feed(.puback(identifier(1)))
        try driver.feed(.pubcomp(identifier(2)))
        try driver.feed(.pubrec(identifier(3)))
        try driver.feed(.pubcomp(identifier(3)))
        #expect(driver.client?.outbound?.isEmpty == true)
        #expect(driver.rules.stored == 0)
    }

    @Test("no more is under way than the window has room for; the rest follows in its order")
    func window() throws {
        var limits = BrokerLimits()
        limits.window = 2
        let driver = try SessionDriver.connected(limits: limits)
        for number in 1...4 { try driver.deliver("a", [UInt8(number)], .atLeastOnce) }
        #expect(
            try driver.sent() == [message(1, .atLeastOnce(identifier(1))), message(2, .atLeastOnce(identifier(2)))])
        try driver.feed(.puback(identifier(2)))
        #expect(try driver.sent() == [])
        try driver.feed(.puback(identifier(1)))
        #expect(
            try driver.sent() == [message(3, .atLeastOnce(identifier(3))), message(4, .atLeastOnce(identifier(4)))])
    }

    @Test("a session keeps so many messages and bytes, and no more")
    func bounds() throws {
        var limits = BrokerLimits()
        limits.sessionMessages = 2
        let driver = try SessionDriver.connected(limits: limits)
        #expect(try driver.deliver("a", [1], .atLeastOnce))
        #expect(try driver.deliver("a", [2], .atLeastOnce))
        #expect(try !driver.deliver("a", [3], .atLeastOnce))
        limits.sessionMessages = 100
        limits.sessionBytes = 100
        let other = try SessionDriver.connected(limits: limits)
        #expect(try !other.deliver("a", [UInt8](repeating: 1, count: 100), .atLeastOnce))
    }

    @Test("packet identifiers go round without 0, and acknowledgements find their messages")
    func identifiers() throws {
        let driver = try SessionDriver.connected()
        for number in 1...70_000 {
            try driver.deliver("a", [], .atLeastOnce)
            #expect(try driver.sent().count == 1)
            try driver.feed(.puback(identifier(UInt16((number - 1) % 65_535 + 1))))
        }
        #expect(driver.client?.outbound?.isEmpty == true)
    }

    @Test("PUBACK and PUBREC wait until their messages are stored, and leave in the order of the messages")
    func tickets() throws {
        let ledger = AcceptanceLedger()
        let driver = try SessionDriver.connected(ledger: ledger)
        driver.ticket = ledger.issue()
        try driver.feed(message(1, .atLeastOnce(identifier(1))))
        let second = ledger.issue()
        driver.ticket = second
        try driver.feed(message(2, .exactlyOnce(identifier(2))))
        driver.ticket = .none
        try driver.feed(message(3, .atLeastOnce(identifier(3))))
        #expect(try driver.sent() == [])
        ledger.settle(through: second)
        driver.settle()
        #expect(try driver.sent() == [.puback(identifier(1)), .pubrec(identifier(2)), .puback(identifier(3))])
    }

    @Test("a session that is held reads everything but messages, and those when it is released")
    func held() throws {
        let driver = try SessionDriver.connected(keepAlive: 1)
        driver.hold()
        #expect(try driver.feed(.pingreq) == [])
        #expect(try driver.feed(message(1, .atMostOnce)) == [.held])
        #expect(try driver.sent() == [.pingresp])
        driver.now += 100_000_000_000
        #expect(driver.session.expiry(now: driver.now) == nil)
        driver.release()
        #expect(driver.feed([]) == [.publish(topic: "a".utf8Bytes, payload: [1])])
    }

    @Test("an index gives each session once, by MQTT's rules, and forgets what is removed")
    func index() throws {
        let rules = BrokerRules(limits: .plain)
        let index = SubscriptionIndex()
        let sessions = (0..<3).map { number in
            ClientSession(
                clientID: [UInt8(number)], isPersistent: false, root: SubscriptionIndex.sharedRoot, rules: rules)
        }
        func who(_ topic: String) -> [UInt8] {
            index.resolve(topic.utf8Bytes.span)
            return index.matches.map { $0.session.takeUnretainedValue().clientID[0] }.sorted()
        }
        index.add(try "a/+".filter(), .atMostOnce, sessions[0])
        index.add(try "#".filter(), .atLeastOnce, sessions[0])
        index.add(try "a/#".filter(), .atMostOnce, sessions[1])
        index.add(try "$SYS/#".filter(), .atMostOnce, sessions[2])
        #expect(who("a/b") == [0, 1])
        #expect(who("a") == [0, 1])
        #expect(who("b") == [0])
        #expect(who("$SYS/x") == [2])
        index.remove(try "#".filter(), sessions[0])
        #expect(who("b") == [])
        for number in 0..<500 { index.add(try "x/\(number)/y".filter(), .atMostOnce, sessions[2]) }
        for number in 0..<500 where number % 2 == 0 { index.remove(try "x/\(number)/y".filter(), sessions[2]) }
        for number in 0..<500 { #expect(who("x/\(number)/y") == (number % 2 == 0 ? [] : [2])) }
        for session in sessions { index.removeAll(of: session) }
        #expect(who("a/b") == [])
        #expect(index.edges == 0)
    }
}
