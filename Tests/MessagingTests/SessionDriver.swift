import Bytes
import MQTT

@testable import Messaging

/// A session with its buffers and a clock that the test moves.
final class SessionDriver {
    var session: BrokerSession
    var now: Int64 = 1_000
    private var input = ByteBuffer()
    private var output = ByteBuffer()

    init(provenName: String? = "sensor", limits: BrokerLimits = BrokerLimits()) {
        session = BrokerSession(provenName: provenName.map { Array($0.utf8) }, limits: limits, now: now)
    }

    /// A session whose client is connected, its CONNACK taken.
    static func connected(
        keepAlive: UInt16 = 0, will: Will? = nil, limits: BrokerLimits = BrokerLimits()
    ) throws -> SessionDriver {
        let driver = SessionDriver(limits: limits)
        try driver.feed(.connect(Connect(clientID: Array("sensor".utf8), keepAlive: keepAlive, will: will)))
        driver.admit()
        _ = try driver.sent()
        return driver
    }

    /// Gives bytes to the session and returns what the host is told.
    @discardableResult
    func feed(_ bytes: [UInt8]) -> [BrokerSession.Event] {
        input.append(bytes)
        return proceed()
    }

    @discardableResult
    func feed(_ packet: Packet) throws -> [BrokerSession.Event] {
        try packet.write(to: &input)
        return proceed()
    }

    func admit() {
        session.admit(&output)
    }

    func refuse(_ code: Connack.ReturnCode) {
        session.refuse(code, &output)
    }

    /// What the session has sent since the last call.
    func sent() throws -> [Packet] {
        var packets: [Packet] = []
        while let packet = try Packet.read(from: &output) { packets.append(packet) }
        return packets
    }

    private func proceed() -> [BrokerSession.Event] {
        var events: [BrokerSession.Event] = []
        while true {
            let event = session.next(&input, &output, now: now)
            if event == .needsBytes { return events }
            events.append(event)
            if case .close = event { return events }
        }
    }
}

extension String {
    var utf8Bytes: [UInt8] { Array(utf8) }

    func topic() throws -> TopicName { try TopicName(utf8Bytes) }

    func filter() throws -> MQTT.TopicFilter { try MQTT.TopicFilter(utf8Bytes) }
}

/// The packet identifier of a number that is not 0.
func identifier(_ number: UInt16) throws -> PacketIdentifier {
    guard let identifier = PacketIdentifier(number) else { throw MQTTError.packetIdentifierZero }
    return identifier
}

/// The packet's bytes.
func encoded(_ packet: Packet) throws -> [UInt8] {
    var buffer = ByteBuffer()
    try packet.write(to: &buffer)
    return buffer.copy()
}
