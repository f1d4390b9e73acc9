import Bytes
import Group
import Linux
import Log
import MQTT
import Network
import TLS
import Testing

@testable import Messaging

@Suite struct CloudPartsTests {
    private let second: Int64 = 1_000_000_000

    @Test("CID-01: only names of this core's own pattern are its own")
    func ownNames() {
        for index in [0, 5, 42, 100] { #expect(CloudLink.isOwn(CloudLink.name("pump", index), of: "pump")) }
        for other in [
            "pump-control-c00", "pump-c", "pump-c0", "pump-c0000", "pump-c0x", "pum-c00", "pump", "pump-c00 ",
        ] {
            #expect(!CloudLink.isOwn(other, of: "pump"))
        }
    }

    @Test("SPOOL-07, CFG-20: pauses double from one second to the bound, each shortened by up to half at random")
    func backoff() {
        var backoff = CloudBackoff(longest: 60 * second)
        var seen: Set<Int64> = []
        for expected in [1, 2, 4, 8, 16, 32, 60, 60, 60] as [Int64] {
            let pause = backoff.next()
            seen.insert(pause)
            #expect((expected * second / 2...expected * second).contains(pause), "\(pause)")
        }
        #expect(seen.count == 9)
        for _ in 0..<100 {
            let pause = backoff.next()
            #expect(pause <= 60 * second)
        }
        backoff.reset()
        let soon = backoff.next()
        #expect(soon <= second)
        var short = CloudBackoff(longest: 3 * second)
        for _ in 0..<5 {
            let pause = short.next()
            #expect(pause <= 3 * second)
        }
        let slowest = short.slowest()
        #expect(slowest >= 3 * second / 2)
    }

    @Test("MSG-07: a message at which the cloud always closes is found among others and set aside")
    func poison() {
        var watch = PoisonWatch()
        var left: [UInt64] = [1, 2, 3, 4]
        var closes = 0
        let bad: UInt64 = 3
        while let first = left.first, closes < 20 {
            let sent = watch.isIsolating ? [first] : left
            for number in sent { watch.sending(number) }
            guard let culprit = sent.firstIndex(of: bad) else {
                for number in sent { watch.confirmed(number) }
                left.removeFirst(sent.count)
                continue
            }
            for number in sent[..<culprit] { watch.confirmed(number) }
            left.removeFirst(culprit)
            closes += 1
            if let rejected = watch.closed(underWay: Array(sent[culprit...])) {
                #expect(rejected == bad)
                left.removeFirst()
            }
        }
        #expect(left.isEmpty)
        #expect(closes == 4)
        #expect(!watch.isIsolating)
    }

    @Test("MSG-07: closes with nothing or something else under way convict nobody")
    func innocent() {
        var watch = PoisonWatch()
        for number in 1...20 as ClosedRange<UInt64> {
            watch.sending(number)
            let close1 = watch.closed(underWay: [number])
            #expect(close1 == nil)
            watch.sending(number)
            let close2 = watch.closed(underWay: [number])
            #expect(close2 == nil)
            let close3 = watch.closed(underWay: [])
            #expect(close3 == nil)
            watch.sending(number)
            watch.confirmed(number)
        }
        // Suspects that a full queue has displaced do not hold the others up for ever.
        let close4 = watch.closed(underWay: [30, 31])
        #expect(close4 == nil)
        #expect(watch.isIsolating)
        watch.sending(40)
        #expect(!watch.isIsolating)
    }

    @Test("CID-05, H-17: three quick closes by the cloud are another client with the ID; one that lasts ends it")
    func takeover() {
        var watch = TakeoverWatch()
        let end5 = watch.ended(after: second, byServer: true)
        #expect(!end5)
        let end6 = watch.ended(after: second, byServer: false)
        #expect(!end6)
        let end7 = watch.ended(after: 5 * second, byServer: true)
        #expect(!end7)
        let end8 = watch.ended(after: 20 * second, byServer: true)
        #expect(end8)
        #expect(watch.isFought)
        let end9 = watch.ended(after: second, byServer: true)
        #expect(!end9)
        let end10 = watch.ended(after: 31 * second, byServer: true)
        #expect(!end10)
        #expect(!watch.isFought)
    }

    @Test("CID-02: the filters are the subjects of rows whose source is the cloud, without those that others cover")
    func filters() throws {
        let rows = ["a/#", "a/b", "a/+/c", "x/+", "x/y", "x/y/z", "$aws/things/t/#", "a/#", "+/q"].enumerated().map {
            Subscription(id: "\($0)", source: .cloud, subject: Array($1.utf8), target: .device("d"))
        }
        let other = Subscription(id: "o", source: .device("d"), subject: Array("up".utf8), target: .cloud)
        let filters = CloudFilters.filters(rows + [other]).map { $0.bytes.text }
        #expect(filters == ["a/#", "x/+", "x/y/z", "$aws/things/t/#", "+/q"])
        #expect(!CloudFilters.covers(Array("#".utf8), Array("$aws/x".utf8)))
        #expect(CloudFilters.covers(Array("a/#".utf8), Array("a".utf8)))
        #expect(!CloudFilters.covers(Array("a/+".utf8), Array("a/#".utf8)))
    }

    @Test("MSG-07: a hundred messages a second where the cloud takes no more")
    func allowance() {
        var allowance = CloudAllowance(rate: 100)
        var now = 10 * second
        var sent = 0
        while allowance.wait(now: now) == 0 {
            allowance.take()
            sent += 1
        }
        #expect(sent == 100)
        now += second / 10
        sent = 0
        while allowance.wait(now: now) == 0 {
            allowance.take()
            sent += 1
        }
        #expect(sent == 10)
        var unlimited = CloudAllowance()
        #expect(unlimited.wait(now: 0) == 0)
    }

    @Test("MSG-07: what AWS IoT disconnects for is never sent")
    func rules() {
        func message(_ topic: String, _ bytes: Int) -> QueuedMessage {
            QueuedMessage(number: 1, topic: Array(topic.utf8), payload: [UInt8](repeating: 0, count: bytes))
        }
        #expect(CloudRules.problem(message("a/b/c/d/e/f/g/h", 131_072)) == nil)
        #expect(CloudRules.problem(message("a", 131_073))?.contains("131073") == true)
        #expect(CloudRules.problem(message("a/b/c/d/e/f/g/h/i", 1))?.contains("8 slashes") == true)
        #expect(CloudRules.problem(message(String(repeating: "t", count: 257), 1))?.contains("257") == true)
    }
}

private final class NoMessages: CloudQueue {
    var whenReady: (() -> Void)?
    func next() -> QueuedMessage? { nil }
    func confirm(_ number: UInt64) {}
    func reject(_ number: UInt64) {}
    func returnAll() {}
}

@Suite struct CloudPoolTests {
    private func pool(_ filters: Int, clientID: String = "core") throws -> CloudLinkStatus {
        let rows = (0..<filters).map {
            Subscription(id: "\($0)", source: .cloud, subject: Array("down/\($0)".utf8), target: .device("d"))
        }
        let reactor = try Reactor()
        let plan = DialPlan(
            place: HostAndPort(host: "127.0.0.1", port: 1), context: try TLSClientContext(),
            files: DialPlan.Files(authority: "", certificate: ""))
        let settings = CloudLink.Settings(plan: plan, clientID: clientID)
        let link = CloudLink(
            settings: settings, subscriptions: rows, reactor: reactor, resolver: Resolver(reactor: reactor),
            router: Router(table: SubscriptionTable(rows), log: .none()), queue: NoMessages(), log: .none())
        return link.status
    }

    @Test(
        "CID-01, CID-02, CID-03, CID-04, CID-06, DX-20, B-12: <thing>, and a -cNN for each 50 cloud subscriptions",
        arguments: [
            (0, 2), (1, 2), (50, 2), (51, 3), (300, 7), (5_050, 102),
        ])
    func size(_ filters: Int, _ connections: Int) throws {
        let names = try pool(filters).connections.map { $0.clientID }
        #expect(names.count == connections)
        #expect(names.first == "core")
        #expect(names[1] == "core-c00")
        // None of V1.8's -spr, -s00 and -dcm.
        #expect(names.dropFirst().allSatisfy { $0.hasPrefix("core-c") })
        if connections == 102 { #expect(names.last == "core-c100") }
    }

    @Test("CFG-11: coreClientId takes the thing's place in every client ID")
    func clientID() throws {
        #expect(try pool(1, clientID: "mine").connections.map { $0.clientID } == ["mine", "mine-c00"])
    }
}
