import Glibc
import Testing

/// What misbehaving clients do to the others: nothing. Each test lets two honest clients talk between the steps of an
/// attack; every message of theirs must arrive, and the broker's memory must stay within a bound.
@Suite("Hostile clients")
struct HostileClientTests {
    private static let megabyte = 1_048_576

    /// The growth of the broker's memory while something happens.
    private func growth(_ broker: BrokerUnderTest, _ body: () throws -> Void) rethrows -> Int {
        let before = broker.residentBytes
        try body()
        return broker.residentBytes - before
    }

    @Test("malformed packets end their connections, and nobody else notices")
    func malformed() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for round in 0..<200 {
            let client = try broker.client()
            if round % 2 == 0 { try client.send(Packet.connect("bad \(round)")) }
            var bytes: [UInt8] = []
            for _ in 0..<300 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 56))
            }
            try client.send(bytes)
            client.drop()
            try talk.go(1)
        }
    }

    @Test("a packet that is too large ends its connection by its header: nothing of it is waited for or kept")
    func oversized() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        let grown = try growth(broker) {
            for number in 0..<50 {
                let client = try broker.connect("large \(number)")
                try client.send([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 0x74])
                try client.expectEnd()
                let early = try broker.client()
                try early.send([0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4])
                try early.expectEnd()
                try talk.go(1)
            }
        }
        #expect(grown < 8 * Self.megabyte)
    }

    @Test("clients that send their CONNECT a byte at a time, and never all of it, keep nobody out")
    func slowLoris() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        let connect = Packet.connect("a very long client ID that is never finished")
        let slow = try (0..<200).map { _ in try broker.client() }
        let grown = try growth(broker) {
            for byte in connect.dropLast() {
                for client in slow { try client.send([byte]) }
                try talk.go(1)
            }
        }
        try broker.connect("late").expectNothing()
        #expect(grown < 8 * Self.megabyte)
    }

    @Test("connections that say nothing keep nobody out and cost little")
    func halfOpen() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        var silent: [RawClient] = []
        let grown = try growth(broker) {
            for number in 0..<400 {
                silent.append(try broker.client())
                if number % 10 == 0 { try talk.go(1) }
            }
        }
        try broker.connect("late").expectNothing()
        // A debug build's, with what its allocator rounds up.
        #expect(grown < 400 * 16_384)
    }

    @Test("a storm of connections, honest ones and broken ones, leaves nothing behind")
    func storm() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        try talk.go(1)
        let before = broker.descriptors
        for number in 0..<1_000 {
            let client = try broker.client()
            switch number % 4 {
            case 0: client.drop()
            case 1:
                try client.send(Packet.connect("storm \(number % 7)"))
                try client.expect(Packet.connack())
            case 2: try client.send(Packet.connect("storm", clean: number % 8 == 2), Packet.disconnect)
            default: try client.send([0x10])
            }
            if number % 5 == 0 { try talk.go(1) }
        }
        // What the kernel still has to report is handled before a connection that comes after it.
        for _ in 0..<20 where broker.descriptors > before { try broker.connect("last").disconnect() }
        #expect(broker.descriptors <= before)
    }

    @Test("a subscriber that never reads loses its own messages, and costs a bounded queue")
    func neverReads() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        let mute = try broker.connect("mute")
        mute.shrinkBuffers()
        try mute.subscribe("flood")
        let speaker = try broker.connect("flooder")
        let payload = String(repeating: "x", count: 8_192)
        let grown = try growth(broker) {
            for _ in 0..<300 {
                for _ in 0..<10 { try speaker.send(Packet.publish("flood", payload)) }
                try talk.go(1)
            }
            try speaker.expectNothing()
        }
        #expect(grown < 16 * Self.megabyte)
    }

    @Test("a client that asks and never reads the answers is not read any more, and costs a bounded queue")
    func neverReadsAnswers() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        let mute = try broker.connect("mute")
        mute.shrinkBuffers()
        let pings = Array(repeatElement(Packet.pingreq, count: 32_768).joined())
        var taken = 0
        let grown = try growth(broker) {
            for _ in 0..<500 {
                taken += mute.sendSome(pings)
                try talk.go(1)
            }
        }
        #expect(taken < 500 * pings.count, "the broker has read everything")
        #expect(grown < 16 * Self.megabyte)
    }

    @Test("a persistent session whose client is away keeps a bounded number of bytes, and the others go on")
    func awayForEver() throws {
        let broker = try BrokerUnderTest()
        let talk = try Talk(broker)
        let sleeper = try broker.connect("sleeper", clean: false)
        try sleeper.subscribe("flood", qos: 1)
        try sleeper.disconnect()
        let speaker = try broker.connect("flooder")
        let payload = String(repeating: "x", count: 65_536)
        let grown = try growth(broker) {
            for _ in 0..<400 {
                try speaker.publish("flood", payload, qos: 1)
                try talk.go(1)
            }
        }
        #expect(grown < 24 * Self.megabyte, "of 26 MB that were sent to it")
    }
}
