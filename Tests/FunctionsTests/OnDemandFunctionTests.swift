import Testing

@testable import Functions

@Suite("On-demand functions")
struct OnDemandFunctionTests {
    @Test("LAM-04: nothing starts before there is work")
    func lazy() {
        let harness = EngineHarness([EngineHarness.onDemand()])
        harness.start()
        harness.pass(100)
        #expect(harness.launched.isEmpty)
    }

    @Test("LAM-04: three quick invocations have three workers; a later one uses an idle one again")
    func parallel() throws {
        let harness = EngineHarness([EngineHarness.onDemand(timeout: 25)])
        let ids = [try harness.invoke(), try harness.invoke(), try harness.invoke()]
        #expect(harness.launched == [1, 2, 3])
        for worker in harness.launched { harness.poll(worker) }
        #expect(harness.work.map(\.invocation.id) == ids)
        harness.pass(20)
        for (worker, id) in zip(harness.launched, ids) {
            #expect(harness.finish(worker, id))
            harness.poll(worker)
        }
        harness.pass(30)
        try harness.invoke()
        #expect(harness.launched == [1, 2, 3])
        #expect(harness.work.count == 4)
    }

    @Test("A worker that is starting or about to ask is not doubled")
    func expected() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke()
        harness.poll(1)
        #expect(harness.finish(1, id))
        // Between its result and its next request for work.
        try harness.invoke()
        #expect(harness.launched == [1])
        harness.poll(1)
        #expect(harness.work.count == 2)
    }

    @Test("At most ten workers a function; more work waits in order")
    func bound() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        for _ in 0..<25 { try harness.invoke() }
        #expect(harness.launched.count == 10)
        for worker in harness.launched { harness.poll(worker) }
        #expect(harness.work.count == 10)
        #expect(harness.finish(1, harness.work[0].invocation.id))
        harness.poll(1)
        #expect(harness.work.map(\.invocation.id.low) == Array(1...11))
    }

    @Test("An idle worker ends after 60 s: SIGTERM, and SIGKILL when it does not go")
    func idleEnd() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke()
        harness.poll(1)
        #expect(harness.finish(1, id))
        harness.poll(1)
        harness.pass(59.9)
        #expect(harness.terminated.isEmpty)
        harness.pass(0.2)
        #expect(harness.terminated == [1] && harness.killed.isEmpty)
        // Work that comes now goes to a new one.
        try harness.invoke()
        #expect(harness.launched == [1, 2] && harness.work.count == 1)
        harness.pass(5)
        #expect(harness.killed == [1])
        harness.exit(1, .signal(9))
        #expect(harness.forgotten == [1])
        #expect(!harness.notes.contains { $0.level > .debug })
    }

    @Test("The worker that worked last gets the next work, so that the others reach their end")
    func mostRecent() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let ids = [try harness.invoke(), try harness.invoke()]
        harness.poll(1)
        harness.poll(2)
        #expect(harness.finish(2, ids[1]))
        harness.poll(2)
        harness.pass(1)
        #expect(harness.finish(1, ids[0]))
        harness.poll(1)
        try harness.invoke()
        #expect(harness.work.last?.worker == 1)
    }

    @Test("A function that cannot start fails what waits for it, with the reason, and is not started in a rush")
    func failsToStart() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke()
        let poll = harness.ask(id)
        harness.exit(1, .notStarted("no interpreter for runtime python3.7 is installed"))
        let result = try #require(harness.result(of: poll))
        #expect(result.error == .unhandled)
        #expect(result.text.contains("could not be started: no interpreter for runtime python3.7"))
        #expect(harness.notes.map(\.level) == [.error])
        try harness.invoke()
        #expect(harness.launched == [1])
        harness.pass(1)
        #expect(harness.launched == [1, 2])
        harness.exit(2, .code(1))
        try harness.invoke()
        harness.pass(1.9)
        #expect(harness.launched == [1, 2])
        harness.pass(0.2)
        #expect(harness.launched == [1, 2, 3])
    }

    @Test("A worker that does not ask for work within a minute of its start is killed and its work fails")
    func silentStart() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke()
        let poll = harness.ask(id)
        harness.pass(59)
        #expect(harness.killed.isEmpty)
        harness.pass(2)
        #expect(harness.killed == [1])
        harness.exit(1, .signal(9))
        #expect(harness.result(of: poll)?.error == .unhandled)
        #expect(harness.result(of: poll)?.text.contains("did not ask for work within 60 s") == true)
        let sentence = try #require(harness.engine.status(at: harness.now)[0].lastDeath?.record.sentence)
        #expect(sentence.hasSuffix("was ended by SIGKILL (it did not ask for work within 60 s of its start)"))
    }
}
