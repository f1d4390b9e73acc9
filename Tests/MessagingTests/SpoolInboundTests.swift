import CFaults
import Group
import Linux
import MQTT
import SpoolSupport
import Testing

@testable import Messaging

/// A function's queue: keeps what it is given until it is told to be done with it.
private final class SlowTarget: MessageTarget {
    var room = Int.max
    var held: [(number: UInt64, receipt: MessageReceipt?)] = []

    func deliver(_ message: borrowing MessageView) -> Delivery {
        held.append((SpoolWorld.number(message.copy().payload), message.receipt))
        return .taken
    }

    func isFull(forPayload bytes: Int) -> Bool { held.count >= room }
}

extension SpoolTests {
    @Suite struct InboundTests {}
}

extension SpoolTests.InboundTests {
    private func world(_ target: SlowTarget, restarting: Bool = false) throws -> SpoolWorld {
        forgetful_install()
        if !restarting { forgetful_reset(1) }
        let world = try SpoolWorld(SpoolWorld.forgetful())
        world.router.register(target, for: SpoolWorld.function)
        world.spool.noteChange()
        return world
    }

    private func receive(_ world: SpoolWorld, _ number: UInt64) -> Ticket? {
        world.spool.inbound.receive(
            topic: Array("in/x".utf8).span, payload: SpoolWorld.payload(number, size: 100).span)
    }

    @Test(
        "B-11: a message from the cloud is acknowledged when it is stored, routed at once, and comes again after a crash"
    )
    func crash() throws {
        let target = SlowTarget()
        let first = try world(target)
        forgetful_set_stalled(1)
        let ticket = try #require(receive(first, 1))
        #expect(try first.turn { target.held.count == 1 })
        #expect(!first.router.ledger.isSettled(ticket))
        forgetful_set_stalled(0)
        #expect(try first.turn { first.router.ledger.isSettled(ticket) })
        // The function has the message and has not returned: the power goes.
        forgetful_cut_after(0)
        first.spool.stop()
        forgetful_restart()
        let again = SlowTarget()
        let second = try world(again, restarting: true)
        #expect(try second.turn { again.held.map(\.number) == [1] })
        again.held.removeAll()
        #expect(try second.turn { second.spool.status().inbound.finished == 1 && second.isSettled })
        second.spool.stop()
        let third = SlowTarget()
        let last = try world(third, restarting: true)
        #expect(last.spool.status().inbound.waiting == 0)
        last.spool.stop()
    }

    @Test("B-11: 1,000 messages reach a function with a small queue, in order, none dropped, over a restart")
    func flow() throws {
        let target = SlowTarget()
        target.room = 10
        let first = try world(target)
        var seen: [UInt64] = []
        var last: Ticket?
        for number in 1...1000 { last = receive(first, UInt64(number)) ?? last }
        let ticket = try #require(last)
        #expect(try first.turn { first.router.ledger.isSettled(ticket) })
        #expect(
            try first.turn {
                while seen.count < 400, !target.held.isEmpty { seen.append(target.held.removeFirst().number) }
                return seen.count == 400
            })
        first.spool.prepareToStop()
        target.held.removeAll()
        first.spool.stop()
        let again = SlowTarget()
        again.room = 10
        let second = try world(again, restarting: true)
        var rest: [UInt64] = []
        #expect(
            try second.turn {
                while !again.held.isEmpty { rest.append(again.held.removeFirst().number) }
                return rest.last == 1000
            })
        // What was in the function's queue when the core ended comes again.
        #expect(rest == Array((rest.first ?? 0)...1000))
        #expect((rest.first ?? 0) <= 401)
        second.spool.stop()
    }

    @Test("B-11: what is handled before its commit is never written")
    func sparing() throws {
        final class Quick: MessageTarget {
            var count = 0
            func deliver(_ message: borrowing MessageView) -> Delivery {
                count += 1
                return .taken
            }
            func isFull(forPayload bytes: Int) -> Bool { false }
        }
        let quick = Quick()
        forgetful_install()
        forgetful_reset(1)
        let world = try SpoolWorld(SpoolWorld.forgetful())
        world.router.register(quick, for: SpoolWorld.function)
        let before = forgetful_counts().writes
        for number in 1...50 {
            let ticket = try #require(receive(world, UInt64(number)))
            try world.reactor.turn(waiting: false)
            try world.reactor.turn(waiting: false)
            #expect(world.router.ledger.isSettled(ticket))
        }
        #expect(quick.count == 50)
        #expect(forgetful_counts().writes == before)
        world.spool.stop()
    }
}
