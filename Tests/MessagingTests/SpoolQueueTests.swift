import CFaults
import Group
import Linux
import MQTT
import SpoolSupport
import Testing

@testable import Messaging

extension SpoolTests {
    @Suite struct QueueTests {}
}

/// One at a time: the storage that forgets is one for the whole process.
@Suite(.serialized) struct SpoolTests {}

extension SpoolTests.QueueTests {
    private static func worlds(maximumBytes: Int64 = SpoolSettings.defaultBytes) throws -> [SpoolWorld] {
        forgetful_install()
        forgetful_reset(1)
        return [
            try SpoolWorld(SpoolSettings(storage: .memory, maximumBytes: maximumBytes)),
            try SpoolWorld(SpoolWorld.forgetful(maximumBytes: maximumBytes)),
        ]
    }

    @Test("SPOOL-05: first in, first out; gone when the cloud has confirmed, and only then")
    func order() throws {
        for world in try Self.worlds() {
            for number in 1...100 { world.publish(UInt64(number)) }
            let first = try #require(world.spool.outbound.next())
            let second = try #require(world.spool.outbound.next())
            #expect(SpoolWorld.number(first.payload) == 1)
            #expect(SpoolWorld.number(second.payload) == 2)
            world.spool.outbound.confirm(second.number)
            // The first one is under way still.
            #expect(try world.look() == Array(3...100))
            #expect(try world.drain() == [1] + Array(3...100))
            #expect(world.spool.status().outbound.finished == 100)
            #expect(world.spool.outbound.next() == nil)
            world.spool.stop()
        }
    }

    @Test("MSG-07: what a lost connection leaves unconfirmed comes again, before all others and in its order")
    func returning() throws {
        for world in try Self.worlds() {
            for number in 1...50 { world.publish(UInt64(number), size: 5000) }
            #expect(try world.turn { world.isSettled || !world.spool.storesOnDisk })
            for _ in 0..<20 { _ = world.spool.outbound.next() }
            world.spool.outbound.returnAll()
            for _ in 0..<5 { _ = world.spool.outbound.next() }
            world.spool.outbound.returnAll()
            #expect(try world.drain() == Array(1...50))
            world.spool.stop()
        }
    }

    @Test("SPOOL-04: a full queue replaces the oldest messages by new ones, exactly", arguments: [1, 2, 3, 4])
    func overflow(seed: UInt64) throws {
        for world in try Self.worlds(maximumBytes: 262_144) {
            var random = SystemRandom(seed)
            var sizes: [Int64] = []
            for number in 0..<600 {
                let size = 8 + Int(random.next() % 3000)
                sizes.append(Int64(size) + 1)
                world.publish(UInt64(number), size: size, qos: number % 2 == 0 ? .atMostOnce : .atLeastOnce)
                if random.next() % 16 == 0 { try world.reactor.turn(waiting: false) }
            }
            // The newest that fit, and no more.
            var first = sizes.count
            var sum: Int64 = 0
            while first > 0, sum + sizes[first - 1] <= 262_144 {
                first -= 1
                sum += sizes[first]
            }
            #expect(try world.turn { world.spool.outbound.queue.waitingBytes <= 262_144 })
            #expect(world.spool.status().outbound.displaced == UInt64(first))
            #expect(world.spool.status().outbound.waitingBytes == sum)
            #expect(try world.drain() == (first..<600).map { UInt64($0) })
            world.spool.stop()
        }
    }

    @Test("SPOOL-03: at V1's default size of 2621440 bytes, 4,000 messages of 1,000 bytes leave the newest 2,618")
    func defaultSize() throws {
        for world in try Self.worlds() {
            for number in 1...4000 {
                world.publish(UInt64(number), size: 1000)
                if number % 100 == 0 { try world.reactor.turn(waiting: false) }
            }
            #expect(try world.turn { world.spool.status().outbound.displaced == 4000 - 2618 })
            #expect(try world.drain() == Array(1383...4000))
            world.spool.stop()
        }
    }

    @Test(
        "SPOOL-02, H-37: a queue in a file goes on after a restart, one in memory is lost; numbers stay in their order")
    func restart() throws {
        let worlds = try Self.worlds()
        for (index, world) in worlds.enumerated() {
            for number in 1...300 { world.publish(UInt64(number), size: 2000, topic: "t/\(number % 3)") }
            #expect(try world.turn { index == 0 || world.isSettled })
            for _ in 0..<7 { world.spool.outbound.confirm(world.spool.outbound.next()?.number ?? 0) }
            world.spool.stop()
            let next = try SpoolWorld(world.spool.settings)
            for number in 301...310 { next.publish(UInt64(number)) }
            let expected: [UInt64] = index == 0 ? Array(301...310) : Array(8...310)
            #expect(try next.drain() == expected)
            next.spool.stop()
        }
    }

    @Test("A queue larger than its share of memory is read back from the disk, in order and within that share")
    func window() throws {
        forgetful_install()
        forgetful_reset(1)
        let world = try SpoolWorld(SpoolWorld.forgetful(maximumBytes: 50_000_000))
        var most: Int64 = 0
        for number in 1...3000 {
            world.publish(UInt64(number), size: 1000)
            if number % 500 == 0 { #expect(try world.turn { world.isSettled }) }
            most = max(most, world.spool.outbound.queue.memoryBytes)
        }
        #expect(world.spool.outbound.queue.memoryBytes <= world.spool.settings.windowBytes)
        #expect(most <= world.spool.settings.windowBytes + 501_000)
        #expect(try world.drain() == Array(1...3000))
        #expect(try world.turn { world.isSettled })
        world.spool.stop()
    }

    @Test("B-13: a queue without room says so; others replace the oldest")
    func isFull() throws {
        for world in try Self.worlds(maximumBytes: 262_144) {
            world.publish(1, size: 200_000)
            #expect(!world.spool.outbound.isFull(forPayload: 62_000))
            #expect(world.spool.outbound.isFull(forPayload: 63_000))
            world.spool.stop()
        }
    }
}

/// A small generator whose sequence a seed fixes.
struct SystemRandom {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 11
    }
}
