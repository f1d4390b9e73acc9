import Bytes
import MQTT
import Testing

@testable import Messaging

@Suite struct CloudSessionTests {
    private let identifiers = (1...400).compactMap { PacketIdentifier(UInt16($0)) }

    @Test("CFG-09, CID-01: CONNECT has the client ID, the keep-alive, no will and a clean session")
    func connect() throws {
        let driver = CloudSessionDriver(keepAlive: 30)
        #expect(!driver.session.hasRoom())
        driver.begin()
        #expect(
            try driver.sent()
                == [.connect(Connect(clientID: Array("core-c00".utf8), cleanSession: true, keepAlive: 30))])
        #expect(
            try driver.answer(.connack(Connack(.accepted, sessionPresent: true))) == [.accepted(sessionPresent: true)])
        #expect(driver.session.hasRoom())
        driver.end()
        #expect(try driver.sent() == [.disconnect])
    }

    @Test("CID-05: a refusal says what to look at")
    func refusal() throws {
        for code in [Connack.ReturnCode.identifierRejected, .notAuthorized] {
            let driver = CloudSessionDriver()
            driver.begin()
            guard case .failed(let failure) = try driver.answer(.connack(Connack(code))).first else {
                Issue.record("CONNACK \(code) was taken for a yes")
                continue
            }
            let text = failure.description(clientID: "core-c00", certificate: "/certs/core.pem")
            #expect(text.contains("core-c00"))
        }
        #expect(
            try CloudSessionDriver().answer(.pingresp) == [
                .failed(.unexpected("another packet than CONNACK first [MQTT-3.2.0-1]"))
            ])
    }

    @Test("MSG-07, DX-02: messages go with QoS 1, several at once up to the window, confirmed in any order")
    func window() throws {
        let driver = try CloudSessionDriver.connected(window: 20)
        _ = try driver.sent()
        var number: UInt64 = 0
        while driver.session.hasRoom() {
            number += 1
            driver.publish(number)
        }
        #expect(number == 20)
        let sent = try driver.sentIdentifiers()
        #expect(Set(sent).count == 20)
        #expect(
            try driver.answer(.puback(sent[7]), .puback(sent[0]), .puback(sent[7])) == [.confirmed(8), .confirmed(1)])
        driver.publish(21)
        driver.publish(22)
        #expect(!driver.session.hasRoom())
        #expect(Set(try driver.sentIdentifiers()).isDisjoint(with: Set(sent[1..<7])))
    }

    @Test("MSG-07: bytes under way are bounded too; one message always may")
    func windowBytes() throws {
        let driver = CloudSessionDriver(windowBytes: 1_000)
        driver.begin()
        try driver.answer(.connack(Connack(.accepted)))
        driver.publish(1, "t", [UInt8](repeating: 0, count: 2_000))
        #expect(!driver.session.hasRoom())
        _ = try driver.sent()
        #expect(try driver.answer(.puback(identifiers[0])) == [.confirmed(1)])
        #expect(driver.session.hasRoom())
    }

    @Test("MSG-05, B-12: filters are asked for eight a packet, the next when the last are answered")
    func subscribe() throws {
        let driver = try CloudSessionDriver.connected()
        let filters = (0..<20).map { "down/\($0)/#" }
        try driver.subscribe(filters)
        var granted: [[UInt8]] = []
        for expected in [8, 8, 4] {
            guard case .subscribe(let packet) = try driver.sent().first else { break }
            #expect(packet.requests.count == expected)
            var answers = [Suback.Answer](repeating: .granted(.atMostOnce), count: expected)
            if expected == 4 { answers[3] = .refused }
            let events = try driver.answer(
                .suback(Suback(packetIdentifier: packet.packetIdentifier, answers: answers)))
            guard case .subscribed(let result) = events.first else { break }
            granted += result.filter { $0.granted != nil }.map { $0.filter.bytes }
            if expected == 4 { #expect(result[3].granted == nil) }
        }
        #expect(granted == filters.dropLast().map { Array($0.utf8) })
        #expect(try driver.sent().isEmpty)
    }

    @Test("MSG-05: what comes from the cloud, QoS 0 and QoS 1; QoS 2 ends the connection")
    func inbound() throws {
        let driver = try CloudSessionDriver.connected()
        let topic = try TopicName(Array("down".utf8))
        #expect(
            try driver.answer(
                .publish(Publish(topic: topic, payload: [1], retain: true)),
                .publish(Publish(topic: topic, payload: [2], delivery: .atLeastOnce(identifiers[8]))))
                == [
                    .message(topic: topic.bytes, payload: [1], identifier: nil),
                    .message(topic: topic.bytes, payload: [2], identifier: identifiers[8]),
                ])
        #expect(try driver.sent().isEmpty)
        driver.acknowledge(identifiers[8])
        #expect(try driver.sent() == [.puback(identifiers[8])])
        let events = try driver.answer(
            .publish(Publish(topic: topic, payload: [], delivery: .exactlyOnce(identifiers[0]))))
        guard case .failed = events.first else {
            Issue.record("a QoS 2 message was taken")
            return
        }
        #expect(!driver.session.hasRoom())
    }

    @Test(
        "CFG-09: PINGREQ after the keep-alive without a word from either side; silence after it is a half-open connection"
    )
    func keepAlive() throws {
        let driver = try CloudSessionDriver.connected(keepAlive: 30)
        #expect(driver.wait(seconds: 29) == .nothing)
        #expect(try driver.sent().isEmpty)
        #expect(driver.wait(seconds: 1) == .nothing)
        #expect(try driver.sent() == [.pingreq])
        driver.now += 100_000_000
        #expect(try driver.answer(.pingresp).isEmpty)
        #expect(driver.wait(seconds: 30) == .nothing)
        #expect(try driver.sent() == [.pingreq])
        #expect(driver.wait(seconds: 4) == .nothing)
        guard case .failed(.silent) = driver.wait(seconds: 2) else {
            Issue.record("the half-open connection was not seen")
            return
        }
        #expect(driver.session.nextDeadline == nil)
    }

    @Test("H-38, B-02: a late PUBACK is asked after with a ping; a cloud that lives gets four times as long")
    func late() throws {
        let driver = try CloudSessionDriver.connected()
        driver.publish(1)
        _ = try driver.sent()
        #expect(driver.wait(seconds: 4) == .nothing)
        #expect(driver.wait(seconds: 1) == .late(5))
        #expect(try driver.sent() == [.pingreq])
        #expect(driver.wait(seconds: 1) == .nothing)
        try driver.answer(.pingresp)
        #expect(driver.wait(seconds: 13) == .nothing)
        #expect(driver.wait(seconds: 1) == .failed(.unanswered(20)))
        // The next connection waits longer, and sends less at once.
        #expect(driver.session.pace.timeout >= 10 * CloudSessionDriver.second)
        #expect(driver.session.pace.window == 25)
    }

    @Test("H-38: a ping that is not answered either is a half-open connection")
    func halfOpen() throws {
        let driver = try CloudSessionDriver.connected()
        driver.publish(1)
        #expect(driver.wait(seconds: 5) == .late(5))
        guard case .failed(.silent) = driver.wait(seconds: 5) else {
            Issue.record("the half-open connection was not seen")
            return
        }
    }

    @Test("H-38: while bytes still leave this machine, a slow way is not a dead one")
    func slow() throws {
        let driver = try CloudSessionDriver.connected()
        driver.publish(1, "t", [UInt8](repeating: 0, count: 131_072))
        _ = try driver.sent()
        var left = 131_072
        #expect(driver.wait(seconds: 0, unsent: left) == .nothing)
        while left > 2_000 {
            left -= 2_000
            #expect(driver.wait(seconds: 1, unsent: left) == .nothing)
        }
        #expect(try driver.answer(.puback(identifiers[0])) == [.confirmed(1)])
    }

    @Test("H-38: what a proxy took at once and hands on slowly is waited for; what is stuck here is not")
    func transit() throws {
        for (unsent, isWaitedFor) in [(0, true), (131_072, false)] {
            let driver = try CloudSessionDriver.connected()
            driver.publish(1, "t", [UInt8](repeating: 0, count: 131_072))
            #expect(driver.wait(seconds: 0, unsent: unsent) == .nothing)
            #expect((driver.wait(seconds: 60, unsent: unsent) == .nothing) == isWaitedFor)
        }
    }

    @Test("H-38: the time for an answer follows the measured round trip")
    func adaptive() throws {
        let driver = try CloudSessionDriver.connected(roundTrip: 8_000)
        #expect(driver.session.pace.timeout == 24 * CloudSessionDriver.second)
        driver.publish(1)
        #expect(driver.wait(seconds: 20) == .nothing)
        #expect(try driver.answer(.puback(identifiers[0])) == [.confirmed(1)])
    }

    @Test(
        "MSG-07: bytes that are no MQTT end the connection",
        arguments: [
            [0xF0, 0x00], [0x20, 0x02, 0x00, 0x09], [0x40, 0x02, 0x00, 0x00], [0x30, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x10, 0x00], [0x50, 0x02, 0x00, 0x01],
        ] as [[UInt8]])
    func malformed(_ bytes: [UInt8]) throws {
        let driver = try CloudSessionDriver.connected()
        guard case .failed = driver.feed(bytes).first else {
            Issue.record("\(bytes) was taken")
            return
        }
    }
}
