import Linux
import MQTT

@testable import Messaging

/// A plain broker on a free port of loopback, with a reactor that the test turns.
final class PlainWorld {
    let reactor: Reactor
    let broker: LocalBroker
    let port: UInt16

    init(refusing refused: [String] = [], limits: BrokerLimits = .plain) throws {
        Signals.ignoreBrokenPipes()
        reactor = try Reactor()
        broker = LocalBroker(
            reactor: reactor, refusing: try refused.map { try $0.filter() }, log: .none(), limits: limits)
        port = try broker.listenWithoutTLS(port: 0)
    }

    deinit {
        broker.stop()
    }

    /// Turns the reactor until the condition holds; the bound only ends a test that fails.
    func until(_ condition: () throws -> Bool) throws {
        let end = Clock.monotonic() + 120_000_000_000
        while try !condition() {
            guard Clock.monotonic() < end else { throw BrokerWorld.TookTooLong() }
            try reactor.turn(waiting: false)
        }
    }

    func client() throws -> TestClient { try TestClient(port: port) }

    /// A client that has got its CONNACK, and SUBACK where it asked for topics.
    func connect(
        _ name: String, isClean: Bool = true, will: Will? = nil, subscribe: [(String, QoS)] = []
    ) throws -> TestClient {
        let client = try client()
        try client.send(.connect(Connect(clientID: name.utf8Bytes, cleanSession: isClean, will: will)))
        try until { try !client.receive().isEmpty }
        client.forget(first: 1)
        if subscribe.isEmpty { return client }
        let requests = try subscribe.map { Subscribe.Request(try $0.0.filter(), qos: $0.1) }
        try client.send(.subscribe(Subscribe(packetIdentifier: try identifier(1), requests: requests)))
        try until {
            try client.receive().contains { if case .suback = $0 { true } else { false } }
        }
        client.forget(first: 1)
        return client
    }

    /// Everything that was sent to the client before this call has come when it returns.
    func settle(_ client: TestClient) throws {
        try client.send(.pingreq)
        try until { try client.receive().last == .pingresp }
    }
}
