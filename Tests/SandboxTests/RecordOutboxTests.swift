import Glibc
import Linux
import Testing

@testable import Sandbox

@Suite("Records in a turn")
struct RecordTurnTests {
    @Test("A core that sends without pause does not keep the supervisor from its signals: a turn takes 32 records")
    func turn() throws {
        let pair = try Socket.recordPair()
        defer { for end in [pair.0, pair.1] { FileDescriptor.close(end) } }
        FileDescriptor.makeNonBlocking(pair.0)
        var taken = 0
        // One more for each that is taken, as long as there is somebody who takes.
        for _ in 0..<3 { #expect(RecordSocket.send(pair.1, [1], []) == .sent) }
        RecordSocket.receiveTurn(pair.0) { received in
            guard case .record = received else { return false }
            taken += 1
            return taken < 1000 && RecordSocket.send(pair.1, [1], []) == .sent
        }
        #expect(taken == 32)
        RecordSocket.receiveTurn(pair.0) { received in
            if case .record = received { taken += 1 }
            return true
        }
        #expect(taken == 35)
    }
}

@Suite("Records that the socket has no room for")
struct RecordOutboxTests {
    private func record(_ number: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
            + [UInt8](repeating: 7, count: 4000)
    }

    @Test("A burst far beyond the socket's buffer arrives whole and in order, its descriptors with it")
    func burst() throws {
        let pair = try Socket.recordPair()
        FileDescriptor.makeNonBlocking(pair.0)
        FileDescriptor.makeNonBlocking(pair.1)
        defer {
            FileDescriptor.close(pair.0)
            FileDescriptor.close(pair.1)
        }
        let outbox = RecordOutbox(socket: pair.0)
        let count = 600
        for number in 0..<count {
            let ends = try FileDescriptor.pipe()
            FileDescriptor.close(ends.read)
            #expect(outbox.send(record(number), [ends.write]))
        }
        #expect(!outbox.isEmpty, "the socket took everything: the test shows nothing")
        var received = 0
        while received < count {
            switch RecordSocket.receive(pair.1) {
            case .record(let bytes, let descriptors):
                #expect(bytes == record(received))
                #expect(descriptors.count == 1)
                for descriptor in descriptors { FileDescriptor.close(descriptor) }
                received += 1
            case .wouldBlock:
                try #require(!outbox.isEmpty, "\(count - received) records are lost")
                #expect(outbox.flush())
            case .closed, .failed: throw SystemError("receive")
            }
        }
        #expect(outbox.isEmpty)
    }

    @Test("A peer that is gone, and one that never reads, are told apart from a slow one")
    func gone() throws {
        let pair = try Socket.recordPair()
        FileDescriptor.makeNonBlocking(pair.0)
        defer { FileDescriptor.close(pair.0) }
        let outbox = RecordOutbox(socket: pair.0)
        var sent = 0
        while sent <= RecordOutbox.mostWaiting * 2, outbox.send(record(sent)) { sent += 1 }
        #expect(sent > RecordOutbox.mostWaiting && sent < RecordOutbox.mostWaiting * 2)
        FileDescriptor.close(pair.1)
        // A child that another test is starting has it too until it executes its program.
        for _ in 0..<1000 where outbox.flush() { usleep(10_000) }
        #expect(!outbox.flush())
    }
}
