import MQTT
import TLS
import Testing

@testable import Messaging

@Suite struct SecureBrokerTests {
    private func client(_ secure: SecureWorld, _ identity: TLSIdentity?) throws -> SecureClient {
        let client = try SecureClient(port: secure.port, identity: identity)
        try secure.world.until { client.shakeHands() }
        return client
    }

    private func connect(_ secure: SecureWorld, _ identity: TLSIdentity, _ clientID: String) throws -> SecureClient {
        let client = try client(secure, identity)
        try client.send(.connect(Connect(clientID: clientID.utf8Bytes)))
        try secure.world.until { try !client.receive().isEmpty || client.isEnded }
        return client
    }

    @Test("MSG-11: devices of the group exchange messages over mutual TLS, whoever signed their certificates")
    func exchange() throws {
        let secure = try SecureWorld()
        let actor = try connect(secure, secure.actor, "actor")
        let request = Subscribe.Request(try "a".filter())
        try actor.send(.subscribe(Subscribe(packetIdentifier: try identifier(1), requests: [request])))
        try secure.world.until { try actor.receive().count == 2 }
        let sensor = try connect(secure, secure.sensor, "sensor")
        let large = [UInt8](repeating: 3, count: 131_072)
        var sent: [Packet] = []
        for payload in [[1], large, [], [2]] {
            let packet = Packet.publish(Publish(topic: try "a".topic(), payload: payload))
            sent.append(packet)
            try sensor.send(packet)
            try secure.world.until { try actor.receive().count == 2 + sent.count }
        }
        #expect(Array(actor.received.dropFirst(2)) == sent)
        #expect(secure.world.broker.connectedDevices.map(\.thingName) == ["sensor", "actor"])
    }

    @Test("MSG-11: a certificate outside the group is turned away in the handshake, and the log says which and why")
    func stranger() throws {
        let secure = try SecureWorld()
        let client = try connect(secure, secure.stranger, "sensor")
        #expect(client.isEnded)
        #expect(client.received.isEmpty)
        let text = try secure.world.log.text()
        #expect(text.contains(secure.stranger.leaf.id.description))
        #expect(text.contains("CN stranger"))
        #expect(text.contains("127.0.0.1:"))
        #expect(text.contains("add the device to the group"))
        #expect(secure.world.broker.counters.unknownCertificates == 1)
        #expect(secure.world.broker.connections.isEmpty)
        #expect(secure.world.broker.pending == 0)
    }

    @Test("MSG-11: without a certificate there is no way in")
    func withoutCertificate() throws {
        let secure = try SecureWorld()
        let client = try client(secure, nil)
        try client.send(.connect(Connect(clientID: "sensor".utf8Bytes)))
        try secure.world.until {
            try client.receive()
            return client.isEnded
        }
        #expect(client.received.isEmpty)
        #expect(try secure.world.log.text().contains("it sent no certificate"))
    }

    @Test("MSG-10: a device of the group cannot take another one's client ID")
    func foreignClientID() throws {
        let secure = try SecureWorld()
        let client = try connect(secure, secure.sensor, "actor")
        #expect(client.received == [.connack(Connack(.identifierRejected))])
        #expect(secure.world.broker.connectedDevices.isEmpty)
        let text = try secure.world.log.text()
        #expect(text.contains("Refused device sensor"))
        #expect(text.contains("its client ID is \"actor\""))
    }

    @Test("a client that stops within the handshake is ended in time")
    func handshakeTimeout() throws {
        var limits = BrokerLimits()
        limits.handshakeTime = 20_000_000
        let secure = try SecureWorld(limits: limits)
        let client = try TestClient(port: secure.port)
        try client.send([0x16, 0x03, 0x01])
        try secure.world.until {
            _ = try client.receive()
            return client.isEnded
        }
        #expect(secure.world.broker.counters.handshakesFailed == 1)
    }

    @Test("a client that speaks MQTT without TLS is told apart in the log")
    func withoutTLS() throws {
        let secure = try SecureWorld()
        let client = try TestClient(port: secure.port)
        try client.send(.connect(Connect(clientID: "sensor".utf8Bytes)))
        try secure.world.until {
            _ = try client.receive()
            return client.isEnded
        }
        #expect(try secure.world.log.text().contains("it does not speak TLS"))
    }
}
