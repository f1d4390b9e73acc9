// Measures the durable queue: messages a second that are on the disk before they are acknowledged, against one transaction
// a message. Usage: queuebench FOLDER (on the disk that is to be measured)
import Database
import Group
import Linux
import Log
import MQTT
import Messaging

/// Keeps so many messages unacknowledged, as devices with QoS 1 do.
final class Publisher: AcceptanceObserver {
    var settled: UInt64 = 0

    func settled(through ticket: Ticket) { settled = ticket.number }
}

enum Benchmark {
    static let seconds: Int64 = 2
    static let rounds = 5
    static let payload = [UInt8](repeating: 0x61, count: 100)
    static let topic = [UInt8]("sensors/1/value".utf8)

    /// What a queue without group commit does.
    static func oneTransactionEach(_ folder: String) throws(DatabaseError) -> Int64 {
        let database = try Database.open(
            Path.join(folder, "single.db"),
            Database.Options(
                application: 1,
                migrations: ["CREATE TABLE q(number INTEGER PRIMARY KEY, topic BLOB NOT NULL, payload BLOB NOT NULL)"]))
        let insert = try database.prepare("INSERT INTO q(topic, payload) VALUES(?, ?)", step: "store")
        let begun = Clock.monotonic()
        var count: Int64 = 0
        while Clock.monotonic() - begun < seconds * 1_000_000_000 {
            try database.transaction { () throws(DatabaseError) in
                try insert.bind(1, topic)
                try insert.bind(2, payload)
                try insert.run()
            }
            count += 1
        }
        return count * 1_000_000_000 / (Clock.monotonic() - begun)
    }

    /// The spool with so many messages under way at once.
    static func spool(_ folder: String, window: UInt64) throws(SystemError) -> Int64 {
        let reactor = try Reactor()
        let row = Subscription(id: "1", source: .device("d"), subject: [UInt8]("#".utf8), target: .cloud)
        let router = Router(table: SubscriptionTable([row]), log: .none())
        let settings = SpoolSettings(storage: .folder(folder), maximumBytes: 1 << 30)
        let spool = try Spool(settings: settings, reactor: reactor, router: router, log: .none())
        router.register(spool.outbound, for: .cloud)
        let publisher = Publisher()
        router.ledger.observe(publisher)
        let source = router.source(.device("d"))
        let begun = Clock.monotonic()
        var sent: UInt64 = 0
        while Clock.monotonic() - begun < seconds * 1_000_000_000 {
            while sent - publisher.settled < window {
                router.publish(
                    MessageView(topic: topic.span, payload: payload.span, source: source, qos: .atLeastOnce))
                sent += 1
            }
            try reactor.turn(waiting: true)
        }
        let rate = Int64(publisher.settled) * 1_000_000_000 / (Clock.monotonic() - begun)
        spool.stop()
        return rate
    }

    static func median(_ values: [Int64]) -> Int64 {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    static func tenths(_ value: Int64, _ base: Int64) -> String {
        let ratio = base == 0 ? 0 : value * 10 / base
        return "\(ratio / 10).\(ratio % 10)"
    }
}

func run(_ folder: String) -> Int32 {
    let windows: [UInt64] = [1, 20, 200, 1000]
    var single: [Int64] = []
    var grouped = [[Int64]](repeating: [], count: windows.count)
    for round in 0..<Benchmark.rounds {
        do throws(DatabaseError) {
            single.append(try Benchmark.oneTransactionEach(folder))
        } catch {
            IO.print("queuebench: \(error.description)\n", to: 2)
            return 1
        }
        for (index, window) in windows.enumerated() {
            let place = Path.join(folder, "\(round)-\(window)")
            do throws(SystemError) {
                try Files.makeDirectories(place)
                grouped[index].append(try Benchmark.spool(place, window: window))
                try Files.removeTree(place)
            } catch {
                IO.print("queuebench: \(error.description)\n", to: 2)
                return 1
            }
        }
    }
    let base = Benchmark.median(single)
    IO.print(
        "| every message of 100 bytes on the disk before it is acknowledged | messages a second | ratio |\n"
            + "|---|---|---|\n")
    IO.print("| one transaction a message | \(base) | 1 |\n")
    for (index, window) in windows.enumerated() {
        let rate = Benchmark.median(grouped[index])
        IO.print("| the queue, \(window) unacknowledged at once | \(rate) | \(Benchmark.tenths(rate, base)) |\n")
    }
    return 0
}

func main() -> Int32 {
    let arguments: [String]
    do throws(SystemError) { arguments = try Arguments.all() } catch { return 2 }
    if arguments.count == 2 { return run(arguments[1]) }
    IO.print("usage: queuebench FOLDER\n", to: 2)
    return 2
}

Processes.exit(main())
