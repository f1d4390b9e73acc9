import Bytes
import Linux
import MQTT
import Testing

@testable import Messaging

@Suite struct CloudConnectionTests {
    /// Sends messages of QoS 1 until the link reads no more of them.
    /// - Returns: how many were sent.
    private func flood(_ world: CloudWorld, _ end: CloudEnd, _ connection: CloudConnection) throws -> Int {
        end.isReading = false
        shrinkKernelBuffers(try #require(connection.connection).descriptor)
        var count = 0
        while !connection.isChoked, count < 400_000 {
            if end.unsent < 100_000 {
                for _ in 0..<2_000 {
                    let identifier = try #require(PacketIdentifier(UInt16(count % 65_535 + 1)))
                    let topic = try TopicName(Array("t".utf8))
                    try end.send(.publish(Publish(topic: topic, payload: [], delivery: .atLeastOnce(identifier))))
                    count += 1
                }
            }
            try world.turn()
            let waiting = connection.output.count
            #expect(waiting <= CloudConnection.mostAnswers + 65_536)
            if waiting > CloudConnection.mostAnswers + 65_536 { break }
        }
        return count
    }

    @Test("A cloud that sends and never reads is not read either, and every message is answered when it reads again")
    func unreadAnswers() throws {
        let world = try CloudWorld(filters: ["t"])
        defer { world.link.stop() }
        let end = try world.end("core-c00")
        let connection = try #require(world.connection("core-c00"))
        try world.until { connection.granted == 1 }
        let count = try flood(world, end, connection)
        #expect(connection.isChoked)
        end.isReading = true
        try world.until { end.acknowledged.count == count }
        #expect(!connection.isChoked)
        for index in stride(from: 0, to: count, by: 997) {
            #expect(end.acknowledged[index].rawValue == UInt16(index % 65_535 + 1))
        }
        #expect(world.link.counters.received == UInt64(count))
    }

    @Test("The end of a connection that is not read is noticed", arguments: [false, true])
    func endUnread(isReset: Bool) throws {
        let world = try CloudWorld(filters: ["t"])
        defer { world.link.stop() }
        let end = try world.end("core-c00")
        let connection = try #require(world.connection("core-c00"))
        try world.until { connection.granted == 1 }
        _ = try flood(world, end, connection)
        #expect(connection.isChoked)
        if isReset { end.reset() } else { end.close() }
        try world.until { connection.state == .waiting }
        #expect(!connection.isChoked)
        try world.until { connection.state == .connected }
    }

    @Test("H-38: a cloud that never reads again is given up")
    func neverAgain() throws {
        let world = try CloudWorld(filters: ["t"]) {
            $0.keepAlive = 1
            $0.operationTimeout = 100_000_000
        }
        defer { world.link.stop() }
        let end = try world.end("core-c00")
        let connection = try #require(world.connection("core-c00"))
        try world.until { connection.granted == 1 }
        _ = try flood(world, end, connection)
        try world.until { connection.state == .waiting }
        #expect(connection.lastError.contains("nothing came from the cloud"))
    }
}
