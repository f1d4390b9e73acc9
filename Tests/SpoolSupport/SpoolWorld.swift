import CFaults
import CLinux
import Group
import Linux
import Log
import MQTT

@testable import Messaging

/// A spool with a router in front of it, without sockets: a device `sensor` whose every message goes to the cloud, and a
/// function that gets what the cloud sends below `in/`.
public final class SpoolWorld {
    public static let function = Endpoint.function("arn:aws:lambda:us-west-2:123456789012:function:F:1")

    public let reactor: Reactor
    public let router: Router
    public let spool: Spool
    public let device: MessageSource

    public init(_ settings: SpoolSettings, log: Logger = .none()) throws {
        reactor = try Reactor()
        let rows: [(Endpoint, String, Endpoint)] = [
            (.device("sensor"), "#", .cloud), (Self.function, "#", .cloud), (.cloud, "in/#", Self.function),
        ]
        let table = rows.enumerated().map { number, row in
            Subscription(id: "\(number)", source: row.0, subject: Array(row.1.utf8), target: row.2)
        }
        router = Router(table: SubscriptionTable(table), log: log)
        device = router.source(.device("sensor"))
        spool = try Spool(settings: settings, reactor: reactor, router: router, log: log)
        router.register(spool.outbound, for: .cloud)
    }

    /// Settings for files in memory that forget.
    public static func forgetful(maximumBytes: Int64 = SpoolSettings.defaultBytes) -> SpoolSettings {
        forgetful_install()
        var settings = SpoolSettings(storage: .folder("/forgetful"), maximumBytes: maximumBytes)
        settings.fileSystem = "forgetful"
        settings.hold = 1_000_000
        settings.deletionDelay = 1_000_000
        settings.firstRetry = 1_000_000
        settings.longestRetry = 2_000_000
        return settings
    }

    /// Publishes a message whose payload begins with its number.
    @discardableResult
    public func publish(
        _ number: UInt64, size: Int = 8, topic: String = "t", qos: QoS = .atLeastOnce
    ) -> PublishOutcome {
        let payload = Self.payload(number, size: size)
        return router.publish(
            MessageView(topic: Array(topic.utf8).span, payload: payload.span, source: device, qos: qos))
    }

    public static func payload(_ number: UInt64, size: Int) -> [UInt8] {
        var payload = [UInt8](repeating: UInt8(truncatingIfNeeded: number &* 31), count: max(8, size))
        for index in 0..<8 { payload[index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
        return payload
    }

    public static func number(_ payload: [UInt8]) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<min(8, payload.count) { number |= UInt64(payload[index]) << UInt64(8 * index) }
        return number
    }

    /// Turns the loop until something holds.
    /// - Returns: whether it did within half a minute.
    @discardableResult
    public func turn(until condition: () -> Bool) throws -> Bool {
        let end = Clock.monotonic() + 30_000_000_000
        while !condition() {
            if Clock.monotonic() > end { return false }
            reactor.schedule(afterNanoseconds: 1_000_000) {}
            try reactor.turn(waiting: true)
        }
        return true
    }

    /// Whether nothing is left to be done.
    public var isSettled: Bool {
        spool.outbound.queue.oldestUnstored == nil && spool.inbound.queue.oldestUnstored == nil
            && spool.outbound.queue.deletable == nil && spool.inbound.queue.deletable == nil
    }

    /// Takes everything that waits for the cloud, in its order, and confirms it.
    public func drain() throws -> [UInt64] {
        var numbers: [UInt64] = []
        let outbound = spool.outbound
        while outbound.queue.waitingCount > 0 {
            while let message = outbound.next() {
                numbers.append(Self.number(message.payload))
                outbound.confirm(message.number)
            }
            guard try turn(until: { outbound.queue.isReady || outbound.queue.waitingCount == 0 }) else { break }
        }
        return numbers
    }

    /// What waits for the cloud, in its order; it waits again afterwards.
    public func look() throws -> [UInt64] {
        var numbers: [UInt64] = []
        let outbound = spool.outbound
        while outbound.queue.waitingCount > 0 {
            while let message = outbound.next() { numbers.append(Self.number(message.payload)) }
            guard try turn(until: { outbound.queue.isReady || outbound.queue.waitingCount == 0 }) else { break }
        }
        outbound.returnAll()
        return numbers
    }
}

/// A folder that goes with its object.
public final class ScratchFolder {
    public let path: String

    public init() throws {
        var template = Array("/tmp/spool-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a temporary folder") }
        path = template.withUnsafeBufferPointer { characters in
            String(decoding: characters.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    deinit {
        try? Files.removeTree(path)
    }
}
