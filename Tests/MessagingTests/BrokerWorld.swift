import Group
import Linux
import MQTT
import Testing

@testable import Messaging

/// A broker without TLS on a free port of loopback, with a reactor that the test turns.
final class BrokerWorld {
    let reactor: Reactor
    let router: Router
    let broker: LocalBroker
    let log: TemporaryLog
    let port: UInt16

    /// - Parameters:
    ///   - rows: source device, subject, target device.
    ///   - certificates: the devices' certificate IDs, where they have some.
    init(
        devices: [String], rows: [(String, String, String)] = [], certificates: [String] = [],
        limits: BrokerLimits = BrokerLimits()
    ) throws {
        let subscriptions = rows.enumerated().map { number, row in
            Subscription(
                id: String(number), source: .device(row.0), subject: row.1.utf8Bytes, target: .device(row.2))
        }
        log = try TemporaryLog(threshold: .debug)
        reactor = try Reactor()
        router = Router(table: SubscriptionTable(subscriptions), log: log.logger)
        broker = LocalBroker(
            reactor: reactor, router: router, directory: Self.directory(devices, certificates),
            subscriptions: subscriptions, log: log.logger, limits: limits)
        port = try broker.listenWithoutTLS(port: 0)
    }

    deinit {
        broker.stop()
    }

    private static func directory(_ names: [String], _ certificates: [String]) -> DeviceDirectory {
        let none = String(repeating: "0", count: 64)
        return DeviceDirectory(
            names.enumerated().map { number, name in
                DeviceDefinition(
                    id: name, thingName: name, thingARN: "", certificateARN: "",
                    certificateID: number < certificates.count ? certificates[number] : none)
            })
    }

    struct TookTooLong: Error {}

    /// Turns the reactor until the condition holds; the bound only ends a test that fails.
    func until(_ condition: () throws -> Bool) throws {
        let end = Clock.monotonic() + 120_000_000_000
        while try !condition() {
            guard Clock.monotonic() < end else { throw TookTooLong() }
            try reactor.turn(waiting: false)
        }
    }

    func client() throws -> TestClient { try TestClient(port: port) }

    /// A client that has got its CONNACK, and SUBACK where it asked for topics.
    func connect(_ name: String, keepAlive: UInt16 = 0, will: Will? = nil, subscribe: [String] = []) throws
        -> TestClient
    {
        let client = try client()
        try client.send(.connect(Connect(clientID: name.utf8Bytes, keepAlive: keepAlive, will: will)))
        try until { try client.receive().last == .connack(Connack(.accepted)) }
        if !subscribe.isEmpty {
            let requests = try subscribe.map { Subscribe.Request(try $0.filter(), qos: .atLeastOnce) }
            try client.send(.subscribe(Subscribe(packetIdentifier: try identifier(1), requests: requests)))
            // Nothing else is looked at before SUBACK; what is retained comes after it.
            try until { try client.receive().count >= 2 }
            client.forget(first: 2)
            return client
        }
        client.forget()
        return client
    }

    /// Everything that was sent to the client before this call has come when it returns.
    func settle(_ client: TestClient) throws {
        try client.send(.pingreq)
        try until { try client.receive().last == .pingresp }
    }
}
