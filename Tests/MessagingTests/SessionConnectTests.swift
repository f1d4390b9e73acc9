import MQTT
import Testing

@testable import Messaging

@Suite struct SessionConnectTests {
    private let connect = Connect(clientID: "sensor".utf8Bytes)

    @Test("MSG-10: a client ID that is the thing name is let in, without a present session")
    func accepted() throws {
        for cleanSession in [true, false] {
            let driver = SessionDriver()
            var packet = connect
            packet.cleanSession = cleanSession
            #expect(try driver.feed(.connect(packet)) == [.connecting(clientID: "sensor".utf8Bytes)])
            #expect(try driver.sent() == [])
            driver.admit()
            #expect(try driver.sent() == [.connack(Connack(.accepted))])
            #expect(driver.session.isConnected)
        }
    }

    @Test("MSG-10: any other client ID gets CONNACK 2 and the end", arguments: ["actor", "", "Sensor", "sensor "])
    func otherClientID(clientID: String) throws {
        let driver = SessionDriver()
        let events = try driver.feed(.connect(Connect(clientID: clientID.utf8Bytes)))
        #expect(events == [.close(.clientIDDiffers(clientID))])
        #expect(try driver.sent() == [.connack(Connack(.identifierRejected))])
    }

    @Test("a client that the host turns away gets its CONNACK and nothing after it")
    func refused() throws {
        let driver = SessionDriver(provenName: nil)
        #expect(try driver.feed(.connect(Connect(clientID: [0x78]))) == [.connecting(clientID: [0x78])])
        driver.refuse(.identifierRejected)
        #expect(try driver.feed(.pingreq) == [])
        #expect(try driver.sent() == [.connack(Connack(.identifierRejected))])
    }

    @Test("MQTT 3.1 and MQTT 5 get CONNACK 1", arguments: [("MQIsdp", 3), ("MQTT", 3), ("MQTT", 5), ("MQTT", 6)])
    func otherVersions(name: String, level: UInt8) throws {
        let driver = SessionDriver()
        let body = [0, UInt8(name.utf8.count)] + name.utf8Bytes + [level, 2, 0, 60, 0, 0, 1, 2, 3]
        let events = driver.feed([0x10, UInt8(body.count)] + body)
        #expect(events == [.close(.unsupportedVersion(.unsupportedProtocolLevel(level)))])
        #expect(try driver.sent() == [.connack(Connack(.unacceptableProtocolVersion))])
    }

    @Test("a client of another protocol is left without an answer")
    func otherProtocols() throws {
        let driver = SessionDriver()
        #expect(driver.feed("GET / HTTP/1.1\r\n\r\n".utf8Bytes) == [.close(.notConnectFirst)])
        #expect(try driver.sent() == [])
    }

    @Test("the first packet must be CONNECT, known by its first bytes")
    func connectFirst() throws {
        #expect(SessionDriver().feed([0xC0, 0]) == [.close(.notConnectFirst)])
        #expect(SessionDriver().feed([0x30, 0x80, 0x40]) == [.close(.notConnectFirst)])
    }

    @Test("a second CONNECT ends the connection")
    func secondConnect() throws {
        let driver = try SessionDriver.connected()
        #expect(try driver.feed(.connect(connect)) == [.close(.secondConnect)])
        #expect(try driver.sent() == [])
    }

    @Test("what follows CONNECT at once waits until the host has answered")
    func pipelining() throws {
        let driver = SessionDriver()
        try driver.feed(.connect(connect))
        let publish = Packet.publish(Publish(topic: try "a".topic(), payload: [1]))
        #expect(try driver.feed(publish) == [])
        driver.admit()
        #expect(driver.feed([]) == [.publish(topic: "a".utf8Bytes, payload: [1])])
    }

    @Test("without CONNECT in time the connection ends, however busy it is")
    func connectTimeout() throws {
        var limits = BrokerLimits()
        limits.connectTime = 100
        let driver = SessionDriver(limits: limits)
        driver.now += 99
        #expect(driver.feed([0x10]) == [])
        #expect(driver.session.expiry(now: driver.now) == nil)
        driver.now += 1
        #expect(driver.feed([0x20]) == [])
        #expect(driver.session.expiry(now: driver.now) == .connectTimeout)
    }

    @Test("one and a half times the keep-alive without a packet ends the connection")
    func keepAlive() throws {
        let driver = try SessionDriver.connected(keepAlive: 10)
        let second: Int64 = 1_000_000_000
        driver.now += 14 * second
        #expect(driver.session.expiry(now: driver.now) == nil)
        try driver.feed(.pingreq)
        #expect(try driver.sent() == [.pingresp])
        driver.now += 15 * second - 1
        driver.feed([0xC0])
        #expect(driver.session.expiry(now: driver.now) == nil)
        driver.now += 1
        #expect(driver.session.expiry(now: driver.now) == .keepAliveExpired(seconds: 10))
        #expect(driver.session.deadline == driver.now)
    }

    @Test("a keep-alive of 0 never ends, and the longest one does not overflow")
    func keepAliveBounds() throws {
        let without = try SessionDriver.connected(keepAlive: 0)
        #expect(without.session.deadline == nil)
        #expect(without.session.expiry(now: .max) == nil)
        let longest = try SessionDriver.connected(keepAlive: 65_535)
        #expect(longest.session.deadline == longest.now + 98_302_500_000_000)
    }
}
