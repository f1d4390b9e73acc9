import Bytes
import MQTT
import Testing

@testable import Messaging

/// What others make happen as often as they like is told in the log at 1, 2, 4, 8 … of them.
@Suite struct RecurrenceTests {
    private func count(_ text: String, in log: TemporaryLog) throws -> Int {
        try log.text().split(separator: "\n").filter { $0.contains(text) }.count
    }

    @Test("Told at powers of two, and anew after an hour of quiet")
    func powers() {
        var cases = Recurrence()
        var told: [Int] = []
        for number in 1...100 where cases.isTold(now: Int64(number)) { told.append(number) }
        #expect(told == [1, 2, 4, 8, 16, 32, 64])
        #expect(cases.note.contains("100"))
        let isTold = cases.isTold(now: 3_600_000_000_100)
        #expect(isTold)
        #expect(cases.count == 101)
    }

    @Test("Of refused strangers twenty are told at once, then one in ten seconds, with the number of the others")
    func rate() {
        var rate = TellingRate()
        let second: Int64 = 1_000_000_000
        let burst = (0..<50).map { _ in rate.take(now: 100 * second) }
        #expect(burst == [UInt64?](repeating: 0, count: 20) + [UInt64?](repeating: nil, count: 30))
        var later: [UInt64?] = []
        for time in [105, 110, 111, 120] as [Int64] { later.append(rate.take(now: time * second)) }
        #expect(later == [nil, 31, nil, 1])
    }

    @Test("What goes on for ever is told once a day at least")
    func daily() {
        var cases = Recurrence()
        let minute: Int64 = 60_000_000_000
        var told: [Int64] = []
        for number in 1...(4 * 1_440) as ClosedRange<Int64> where cases.isTold(now: number * minute) {
            told.append(number)
        }
        // From 1,024 on the powers are further apart than a day.
        #expect(told == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_488, 4_096, 5_536])
    }

    @Test("MSG-15: a device that sends to bad topics, subscribes in vain or is refused filters does not fill the log")
    func device() throws {
        let world = try BrokerWorld(devices: ["sensor", "actor"], rows: [("sensor", "a", "actor")])
        let client = try world.connect("actor")
        for _ in 0..<20 {
            try client.publish("a/b/c/d/e/f/g/h/i", [1])
            for (identifier, filters) in [
                (1, ["x/1", "x/2", "x/3"]), (2, ["a/b/c/d/e/f/g/h/i", "b/b/c/d/e/f/g/h/i"]),
            ] {
                let requests = try filters.map { Subscribe.Request(try TopicFilter(Array($0.utf8)), qos: .atMostOnce) }
                let number = try #require(PacketIdentifier(UInt16(identifier)))
                try client.send(.subscribe(Subscribe(packetIdentifier: number, requests: requests)))
                let vain = try #require(PacketIdentifier(9))
                try client.send(
                    .unsubscribe(Unsubscribe(packetIdentifier: vain, filters: requests.map { $0.filter })))
            }
        }
        try client.publish("a", [1])
        try world.until { world.broker.counters.received == 21 }
        #expect(try count("Discarding a message of actor", in: world.log) == 5)
        #expect(try count("subscribed to x/1 and 2 other filters, but no subscription", in: world.log) == 5)
        #expect(try count("Refused 2 topic filters of device actor", in: world.log) == 5)
        #expect(world.broker.counters.droppedByTopic == 20)
    }

    @Test("MSG-15: messages that the cloud would refuse, and filters that it refuses, do not fill the log")
    func cloud() throws {
        let world = try CloudWorld(filters: (0..<10).map { "secret/\($0)" }) { $0.longestRetry = 1_000_000_000 }
        defer { world.link.stop() }
        let connection = try #require(world.connection("core-c00"))
        for round in 1...2 {
            let end = try world.end("core-c00")
            end.answer = { _ in .refused }
            try world.until { connection.connects == UInt64(round) && connection.refused.count == 10 }
            if round == 1 { end.close() }
            try world.until { round == 2 || connection.state == .waiting }
        }
        // Eight in the first SUBSCRIBE, two in the second, and nothing new when it connects again.
        #expect(try count("The cloud refuses the subscription to", in: world.log) == 2)
        for number in 1...20 { world.queue.add(UInt64(number), "a/b/c/d/e/f/g/h/i") }
        try world.until { world.queue.rejected.count == 20 }
        #expect(try count("is dropped: its topic has 8 slashes", in: world.log) == 5)
        #expect(world.link.counters.rejected == 20)
    }
}
