import Bytes
import MQTT
import Testing

@testable import Messaging

/// A session with the cloud whose other end and clock are the test's.
final class CloudSessionDriver {
    static let second: Int64 = 1_000_000_000

    let session: CloudSession
    var now: Int64 = 1_000 * second
    private var input = ByteBuffer()
    private var output = ByteBuffer()

    init(keepAlive: Int64 = 600, timeout: Int64 = 5, window: Int = 50, windowBytes: Int = 524_288) {
        session = CloudSession(
            CloudSession.Settings(
                clientID: Array("core-c00".utf8), keepAlive: keepAlive, windowBytes: windowBytes),
            pace: CloudPace(operationTimeout: timeout * Self.second, window: window))
    }

    /// One that is connected, with a round trip of so many milliseconds.
    static func connected(
        keepAlive: Int64 = 600, timeout: Int64 = 5, window: Int = 50, roundTrip: Int64 = 50
    ) throws -> CloudSessionDriver {
        let driver = CloudSessionDriver(keepAlive: keepAlive, timeout: timeout, window: window)
        driver.begin()
        _ = try driver.sent()
        driver.now += roundTrip * 1_000_000
        #expect(try driver.answer(.connack(Connack(.accepted))) == [.accepted(sessionPresent: false)])
        return driver
    }

    func begin() { session.begin(&output, now: now) }

    func wait(seconds: Int64, unsent: Int = 0) -> CloudSession.Advance {
        now += seconds * Self.second
        return session.advance(&output, unsent: unsent, now: now)
    }

    func publish(_ number: UInt64, _ topic: String = "t", _ payload: [UInt8] = [1]) {
        session.publish(number, topic: Array(topic.utf8), payload: payload, &output, now: now)
    }

    func subscribe(_ filters: [String], qos: QoS = .atMostOnce) throws {
        let requests = try filters.map { Subscribe.Request(try TopicFilter(Array($0.utf8)), qos: qos) }
        session.subscribe(requests, &output, now: now)
    }

    func acknowledge(_ identifier: PacketIdentifier) { session.acknowledge(identifier, &output, now: now) }
    func end() { session.end(&output, now: now) }

    /// What the session has written since the last call.
    func sent() throws -> [Packet] {
        var packets: [Packet] = []
        while let packet = try Packet.read(from: &output) { packets.append(packet) }
        let left = output.count
        #expect(left == 0)
        return packets
    }

    /// Identifiers of the PUBLISH packets written since the last call.
    func sentIdentifiers() throws -> [PacketIdentifier] {
        try sent().compactMap { packet in
            guard case .publish(let publish) = packet, case .atLeastOnce(let id, duplicate: false) = publish.delivery
            else { return nil }
            #expect(!publish.retain)
            return id
        }
    }

    @discardableResult
    func answer(_ packets: Packet...) throws -> [CloudSession.Event] {
        for packet in packets { try packet.write(to: &input) }
        return events()
    }

    func feed(_ bytes: [UInt8]) -> [CloudSession.Event] {
        input.append(bytes)
        return events()
    }

    private func events() -> [CloudSession.Event] {
        var events: [CloudSession.Event] = []
        while true {
            let event = session.next(&input, &output, now: now)
            if event == .needsBytes { return events }
            events.append(event)
            if case .failed = event { return events }
        }
    }
}
