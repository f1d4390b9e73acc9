import Group
import Log
import Messaging
import Testing

@Suite("Ends of subscriptions")
struct SubscriptionEndsTests {
    /// Keeps from whom it got what.
    final class Recorder: MessageTarget {
        var received: [(source: Endpoint, topic: String)] = []

        func deliver(_ message: borrowing MessageView) -> Delivery {
            let copy = message.copy()
            received.append((copy.source, String(decoding: copy.topic, as: UTF8.self)))
            return .taken
        }

        func isFull(forPayload bytes: Int) -> Bool { false }
    }

    private static let function = "arn:aws:lambda:us-west-2:123456789012:function:F"
    private static let connector = "arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1"

    /// Two of each kind, so far as there are two.
    private let ends: [Endpoint] = [
        .device("a"), .device("b"), .function(function + ":1"), .function(function + ":2"), .connector(connector),
        .connector(connector + "2"), .cloud, .shadow,
    ]

    private func row(_ source: Endpoint, _ subject: String, _ target: Endpoint) -> Subscription {
        Subscription(
            id: "\(source) \(subject) \(target)", source: source, subject: subject.utf8Bytes, target: target)
    }

    private func isRouted(_ topic: String, from source: Endpoint, _ router: Router) -> Bool {
        router.publish(topic: topic.utf8Bytes, payload: [1], from: router.source(source)).isRouted
    }

    @Test("MSG-01: messages go from every kind of end to every kind of end, each row to its own target alone")
    func everyPair() {
        var rows: [Subscription] = []
        for (from, source) in ends.enumerated() {
            for (to, target) in ends.enumerated() { rows.append(row(source, "t/\(from)/\(to)", target)) }
        }
        let router = Router(table: SubscriptionTable(rows), log: .none())
        let recorders = ends.map { _ in Recorder() }
        for (end, recorder) in zip(ends, recorders) { router.register(recorder, for: end) }
        for (from, source) in ends.enumerated() {
            for to in ends.indices {
                #expect(isRouted("t/\(from)/\(to)", from: source, router))
                // The same topic from somebody else has no row.
                #expect(!isRouted("t/\(from)/\(to)", from: ends[(from + 1) % ends.count], router))
            }
        }
        for (to, recorder) in recorders.enumerated() {
            #expect(recorder.received.map(\.source) == ends)
            #expect(recorder.received.map(\.topic) == ends.indices.map { "t/\($0)/\(to)" })
        }
        #expect(router.counters.routed == UInt64(ends.count * ends.count))
        #expect(router.counters.withoutTarget == 0)
    }

    @Test("MSG-01: the rows of a group's document carry messages between the ends that they name, an alias among them")
    func document() throws {
        var rules = GroupRules()
        rules.cloud = true
        rules.shadows = true
        rules.connectors = true
        let thing = "arn:aws:iot:us-west-2:123456789012:thing/sensor"
        let alias = Self.function + ":prod"
        let names = [thing, alias, Self.connector, "cloud", "GGShadowService"]
        let known: [Endpoint] = [
            .device("sensor"), .function(Self.function + ":7"), .connector(Self.connector), .cloud, .shadow,
        ]
        let rows = names.indices.map { index in
            #"{"Id": "\#(index)", "Source": "\#(names[index])", "Subject": "t", "Target": "\#(names[(index + 1) % 5])"}"#
        }
        let text = """
            {"Devices": [{"Id": "d", "ThingArn": "\(thing)", "SyncShadow": false,
               "CertificateArn": "arn:aws:iot:us-west-2:123456789012:cert/\(String(repeating: "a1", count: 32))"}],
             "DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
             "Functions": [{"Id": "f", "FunctionArn": "\(alias)", "Version": 7, "Runtime": "python3.7",
               "Handler": "f.handler", "FunctionConfiguration": {}}],
             "Connectors": [{"Id": "c", "ConnectorArn": "\(Self.connector)"}],
             "Subscriptions": [\(rows.joined(separator: ","))]}
            """
        let (group, report) = GroupDefinition.read(Array(text.utf8), rules: rules)
        #expect(report.isValid, "\(report)")
        #expect(group.subscriptions.map(\.source) == known)
        let router = Router(table: SubscriptionTable(group.subscriptions), log: .none())
        let recorders = known.map { _ in Recorder() }
        for (end, recorder) in zip(known, recorders) { router.register(recorder, for: end) }
        for source in known { #expect(isRouted("t", from: source, router)) }
        for index in known.indices {
            #expect(recorders[(index + 1) % 5].received.map(\.source) == [known[index]])
        }
    }

    @Test(
        "MSG-01: a message for an end that nobody serves is counted at its row and told with source and topic",
        arguments: [Endpoint.shadow, .connector(connector), .cloud, .function(function + ":1"), .device("a")])
    func unserved(_ target: Endpoint) throws {
        let log = try TemporaryLog(threshold: .debug)
        let source = Endpoint.device("sensor")
        let router = Router(table: SubscriptionTable([row(source, "t", target)]), log: log.logger)
        #expect(isRouted("t", from: source, router))
        #expect(!router.hasReceiver(target))
        #expect(router.counters.withoutTarget == 1)
        #expect(router.counters.routed == 0)
        #expect(router.counters(ofSubscription: 0).withoutReceiver == 1)
        #expect(router.counters(ofSubscription: 0).lost == 1)
        let text = try log.text()
        #expect(text.contains("Nobody receives for \(target.description). Discarding message. Source: device sensor"))
        #expect(text.contains("topic: t"))
    }

    @Test("MSG-12: shadow topics go to and from the shadow service by the rows that name it, exactly or with wildcards")
    func shadowTopics() {
        let light = Endpoint.device("light")
        let router = Router(
            table: SubscriptionTable([
                row(light, "$aws/things/light/shadow/update", .shadow),
                row(.shadow, "$aws/things/light/shadow/update/accepted", light),
                row(.shadow, "$aws/things/+/shadow/update/documents", .function(Self.function + ":1")),
                row(.shadow, "$aws/things/switch/#", .cloud),
            ]), log: .none())
        let (service, device, function, cloud) = (Recorder(), Recorder(), Recorder(), Recorder())
        router.register(service, for: .shadow)
        router.register(device, for: light)
        router.register(function, for: .function(Self.function + ":1"))
        router.register(cloud, for: .cloud)
        // To the service: the one operation that has a row, and from the one device.
        #expect(isRouted("$aws/things/light/shadow/update", from: light, router))
        #expect(!isRouted("$aws/things/light/shadow/get", from: light, router))
        #expect(!isRouted("$aws/things/light/shadow/update", from: .device("switch"), router))
        #expect(!isRouted("$aws/things/light/shadow/update", from: .cloud, router))
        #expect(service.received.map(\.topic) == ["$aws/things/light/shadow/update"])
        // From the service: each answer by a row of its own.
        #expect(isRouted("$aws/things/light/shadow/update/accepted", from: .shadow, router))
        #expect(!isRouted("$aws/things/light/shadow/update/rejected", from: .shadow, router))
        #expect(isRouted("$aws/things/light/shadow/update/documents", from: .shadow, router))
        #expect(isRouted("$aws/things/switch/shadow/update/documents", from: .shadow, router))
        #expect(isRouted("$aws/things/switch/shadow/update/delta", from: .shadow, router))
        #expect(device.received.map(\.topic) == ["$aws/things/light/shadow/update/accepted"])
        #expect(
            function.received.map(\.topic) == [
                "$aws/things/light/shadow/update/documents", "$aws/things/switch/shadow/update/documents",
            ])
        #expect(
            cloud.received.map(\.topic) == [
                "$aws/things/switch/shadow/update/documents", "$aws/things/switch/shadow/update/delta",
            ])
    }

    @Test(
        "MSG-12: a row that begins with a wildcard carries no shadow topic, in either direction",
        arguments: ["#", "+/#", "+/things/light/shadow/update", "+/+/+/+/+"])
    func leadingWildcard(_ subject: String) {
        let light = Endpoint.device("light")
        let router = Router(
            table: SubscriptionTable([row(light, subject, .shadow), row(.shadow, subject, light)]), log: .none())
        let (service, device) = (Recorder(), Recorder())
        router.register(service, for: .shadow)
        router.register(device, for: light)
        #expect(!isRouted("$aws/things/light/shadow/update", from: light, router))
        #expect(!isRouted("$aws/things/light/shadow/update", from: .shadow, router))
        #expect(service.received.isEmpty && device.received.isEmpty)
        #expect(router.counters.withoutRoute == 2)
        // It is the $ that keeps them away, not the row.
        #expect(isRouted("aws/things/light/shadow/update", from: light, router))
        #expect(isRouted("aws/things/light/shadow/update", from: .shadow, router))
    }
}
