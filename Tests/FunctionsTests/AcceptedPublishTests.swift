import Bytes
import Foundation
import Group
import Linux
import Messaging
import Testing

@testable import Functions

/// A target that stores: nothing is safe until the test says so.
private final class Store: MessageTarget {
    let ledger: AcceptanceLedger
    var tickets: [Ticket] = []
    var isFull = false

    init(_ ledger: AcceptanceLedger) {
        self.ledger = ledger
    }

    func deliver(_ message: borrowing MessageView) -> Delivery {
        if isFull { return .dropped }
        tickets.append(ledger.issue())
        return .storing(tickets[tickets.count - 1])
    }

    func isFull(forPayload bytes: Int) -> Bool { isFull }
}

/// When a function's publish is answered, and with what.
@Suite("Publishes that are stored")
struct AcceptedPublishTests {
    private let harness: ServiceHarness
    private let store: Store
    private let token: String

    init() throws {
        let launcher = FakeLauncher()
        harness = try ServiceHarness(launcher: launcher)
        store = Store(harness.router.ledger)
        harness.router.register(store, for: .device("screen"))
        try harness.service.start()
        token = launcher.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN", of: 1)
    }

    private func headers(policy: String) -> [String: String] {
        let json = #"{"custom": {"source": "", "subject": "out/x", "queueFullPolicy": "\#(policy)"}}"#
        return [
            "Authorization": token, "X-Amz-Invocation-Type": "Event",
            "X-Amz-Client-Context": Base64.encode(Array(json.utf8)).text,
        ]
    }

    private let path = "/2016-11-01/functions/arn:aws:lambda:::function:GGRouter"

    @Test("A function's publish is answered when its message is safe, not before")
    func settled() throws {
        let client = try harness.client()
        try client.send("POST", path, headers(policy: ""), body: "1")
        #expect(try harness.until { store.tickets.count == 1 })
        #expect(try client.hearsNothing())
        harness.router.ledger.settle(through: store.tickets[0])
        #expect(try client.response()?.status == 202)
    }

    @Test("B-13: queueFullPolicy AllOrError fails when a target has no room; BestEffort and none at all do not")
    func queueFull() throws {
        store.isFull = true
        let client = try harness.client()
        let refused = try #require(try client.request("POST", path, headers(policy: "AllOrError"), body: "1"))
        #expect(refused.status == 429)
        for policy in ["BestEffort", ""] {
            #expect(try client.request("POST", path, headers(policy: policy), body: "1")?.status == 202)
        }
        store.isFull = false
        try client.send("POST", path, headers(policy: "AllOrError"), body: "1")
        #expect(try harness.until { store.tickets.count == 1 })
        harness.router.ledger.settle(through: store.tickets[0])
        #expect(try client.response()?.status == 202)
    }
}
