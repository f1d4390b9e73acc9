import CFaults
import Linux
import Messaging
import SpoolSupport
import Testing

/// What was accepted before the power went must be there when it comes back.
@Suite(.serialized) struct PowerCutTests {
    /// What one series of cuts has shown.
    struct Outcome {
        var accepted = 0
        var lost = 0
        var isOrdered = true
        var counts = forgetful_counts()
    }

    private final class Teller: AcceptanceObserver {
        var open: [(ticket: Ticket, number: UInt64)] = []
        var head = 0
        var accepted: UInt64 = 0

        func settled(through ticket: Ticket) {
            while head < open.count, open[head].ticket <= ticket {
                accepted = open[head].number
                head += 1
            }
        }
    }

    /// Cuts the power again and again while messages come in and nothing leaves.
    /// - Parameter checksAll: after each cut; else after the last one.
    private func run(cuts: Int, messagesInAll: Int, isHonest: Bool, seed: UInt64) throws -> Outcome {
        forgetful_install()
        forgetful_reset(seed)
        forgetful_set_honest(isHonest ? 1 : 0)
        var outcome = Outcome()
        var next: UInt64 = 1
        var random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for cut in 1...cuts {
            let world = try SpoolWorld(SpoolWorld.forgetful(maximumBytes: 1 << 30))
            let teller = Teller()
            world.router.ledger.observe(teller)
            let goal = UInt64(messagesInAll * cut / cuts)
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let part = Int64(random >> 33) % 40
            var isArmed = false
            while forgetful_is_off() == 0 {
                while teller.open.count - teller.head < 64 {
                    let ticket = world.publish(next, size: 8 + Int(next % 7) * 60).ticket
                    teller.open.append((ticket, next))
                    next += 1
                }
                if !isArmed, next > goal {
                    isArmed = true
                    forgetful_cut_after(part)
                }
                try world.reactor.turn(waiting: true)
            }
            world.spool.stop()
            forgetful_restart()
            let after = try SpoolWorld(SpoolWorld.forgetful(maximumBytes: 1 << 30))
            let stored = after.spool.status().outbound.waiting
            // Everything that was ever given has a number from 1 on: fewer rows than the last accepted number are losses.
            if stored < Int64(teller.accepted) { outcome.lost += Int(Int64(teller.accepted) - stored) }
            if cut == cuts || cut % 50 == 0 || outcome.lost > 0 {
                let found = try after.look()
                outcome.accepted = Int(teller.accepted)
                outcome.isOrdered = outcome.isOrdered && found == Array(1..<UInt64(found.count + 1))
                if !found.starts(with: 1...max(1, teller.accepted)) { outcome.lost += 1 }
            }
            next = UInt64(stored) + 1
            after.spool.stop()
            if outcome.lost > 0 { break }
        }
        outcome.counts = forgetful_counts()
        return outcome
    }

    @Test("H-37: an hour's 72,000 messages and 200 power cuts, at least 50 within a write: no accepted message is lost")
    func cuts() throws {
        let outcome = try run(cuts: 200, messagesInAll: 72_500, isHonest: true, seed: 1)
        print(
            "power cuts: 200, \(outcome.counts.cuts_in_writes) within a write, \(outcome.counts.cuts_in_syncs) within a "
                + "sync; \(outcome.accepted) messages accepted, \(outcome.lost) lost")
        #expect(outcome.lost == 0)
        #expect(outcome.isOrdered)
        #expect(outcome.accepted >= 72_000)
        #expect(outcome.counts.cuts_in_writes >= 50)
        #expect(outcome.counts.cuts_in_syncs >= 10)
    }

    @Test("H-37: with syncs that do nothing, the same test finds losses")
    func dishonest() throws {
        let outcome = try run(cuts: 200, messagesInAll: 72_000, isHonest: false, seed: 1)
        print("power cuts without syncs: \(outcome.lost) accepted messages lost when the test gave up")
        #expect(outcome.lost > 0)
    }
}
