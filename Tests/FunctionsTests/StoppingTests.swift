import Testing

@testable import Functions

@Suite("Stopping")
struct StoppingTests {
    @Test("Stopping sends SIGTERM to all, SIGKILL after 5 s to what is left, and is over when the last has ended")
    func grace() throws {
        let harness = EngineHarness([EngineHarness.pinned("a"), EngineHarness.pinned("b")])
        harness.start()
        harness.stop()
        #expect(harness.terminated == [1, 2])
        harness.exit(1, .code(0))
        #expect(!harness.isStopped)
        harness.pass(5)
        #expect(harness.killed == [2])
        harness.exit(2, .signal(9))
        #expect(harness.isStopped)
        #expect(!harness.notes.contains { $0.level > .debug })
        #expect(harness.engine.nextDeadline == nil)
    }

    @Test("Stopping ends even when the end of a killed process is never reported")
    func unreported() {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        harness.stop()
        harness.pass(11)
        #expect(harness.killed == [1])
        #expect(harness.isStopped)
    }

    @Test("Stopping without workers is over at once; nothing is taken or started any more")
    func empty() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        harness.stop()
        #expect(harness.isStopped)
        #expect(throws: InvocationRefusal.stopping) { try harness.invoke() }
        harness.deliver("late")
        harness.pass(100)
        #expect(harness.launched.isEmpty)
    }

    @Test("Callers that wait when the core stops are told")
    func callers() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        let queued = try harness.invoke()
        let poll = harness.ask(queued)
        harness.stop()
        #expect(harness.result(of: poll)?.error == .unhandled)
    }

    @Test("A worker that is being ended idles no more: its request for work stays unanswered until it is gone")
    func lateWork() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke()
        harness.poll(1)
        #expect(harness.finish(1, id))
        harness.pass(60)
        #expect(harness.terminated == [1])
        harness.poll(1)
        try harness.invoke()
        #expect(harness.work.count == 1)
    }
}
