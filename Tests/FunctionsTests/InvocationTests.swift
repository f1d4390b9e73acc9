import Testing

@testable import Functions

@Suite("Invocations and results")
struct InvocationTests {
    @Test("LAM-27: a result reaches the caller that asked before the function was done, and one that asks after")
    func results() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let first = try harness.invoke()
        let early = harness.ask(first)
        harness.poll(1)
        #expect(harness.results.isEmpty)
        #expect(harness.finish(1, first, "\"one\""))
        #expect(harness.result(of: early)?.text == "\"one\"")
        #expect(harness.result(of: early)?.error == FunctionErrorKind.none)

        let second = try harness.invoke()
        harness.poll(1)
        #expect(harness.finish(1, second, "\"two\""))
        #expect(harness.result(of: harness.ask(second))?.text == "\"two\"")
        // It is collected once.
        #expect(harness.ask(second) == nil)
    }

    @Test("Only the worker that invoked may collect, and only from the function it invoked")
    func scope() throws {
        let harness = EngineHarness([EngineHarness.onDemand("a"), EngineHarness.onDemand("b")])
        let id = try harness.invoke(0, caller: 7)
        #expect(harness.ask(id, function: 0, caller: 8) == nil)
        #expect(harness.ask(id, function: 1, caller: 7) == nil)
        #expect(harness.ask(id, function: 0, caller: 7) != nil)
    }

    @Test("Results that a caller leaves uncollected do not pile up beyond a bound: further ones become an error")
    func uncollectedBytes() throws {
        var limits = FunctionLimits()
        limits.uncollectedBytes = 10
        let harness = EngineHarness([EngineHarness.onDemand()], limits: limits)
        var ids: [InvocationID] = []
        for _ in 0..<3 {
            ids.append(try harness.invoke(caller: 7))
            harness.poll(1)
            #expect(harness.finish(1, ids[ids.count - 1], "8 bytes."))
        }
        #expect(harness.result(of: harness.ask(ids[0], caller: 7))?.text == "8 bytes.")
        #expect(harness.result(of: harness.ask(ids[1], caller: 7))?.error == .unhandled)
        #expect(harness.result(of: harness.ask(ids[2], caller: 7))?.error == .unhandled)
        // Collected ones count no more.
        let last = try harness.invoke(caller: 7)
        harness.poll(1)
        #expect(harness.finish(1, last, "8 bytes."))
        #expect(harness.result(of: harness.ask(last, caller: 7))?.text == "8 bytes.")
    }

    @Test("The result of an Event is discarded")
    func events() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke(type: .event)
        harness.poll(1)
        #expect(harness.finish(1, id))
        #expect(harness.ask(id) == nil)
        #expect(harness.engine.nextDeadline == harness.now + 60 * EngineHarness.second)
    }

    @Test("LAM-06: a handler that takes longer than its timeout is killed and its caller gets Unhandled")
    func timeout() throws {
        let harness = EngineHarness([EngineHarness.onDemand(timeout: 3)])
        let id = try harness.invoke()
        // The start is not counted.
        harness.pass(30)
        harness.poll(1)
        let poll = harness.ask(id)
        harness.pass(2.9)
        #expect(harness.killed.isEmpty)
        harness.pass(0.2)
        #expect(harness.killed == [1])
        #expect(harness.result(of: poll)?.error == .unhandled)
        #expect(harness.result(of: poll)?.text == "{\"errorMessage\":\"\(id.text) Task timed out after 3.00 seconds\"}")
        #expect(!harness.finish(1, id))
        let counters = harness.engine.status(at: harness.now)[0].counters
        #expect(counters.timeouts == 1 && counters.unhandledErrors == 1)
        harness.exit(1, .signal(9))
        #expect(harness.notes.filter { $0.level == .error }.count == 1)
    }

    @Test("LAM-06: the timeout holds for pinned functions too, and they are started again")
    func pinnedTimeout() throws {
        let harness = EngineHarness([EngineHarness.pinned(timeout: 5)])
        harness.start()
        harness.poll(1)
        try harness.invoke()
        harness.pass(5)
        #expect(harness.killed == [1])
        harness.exit(1, .signal(9))
        harness.pass(1)
        #expect(harness.launched == [1, 2])
    }

    @Test("A worker that exits in the middle gives its caller Unhandled with code and last lines")
    func crash() throws {
        let harness = EngineHarness([EngineHarness.onDemand()])
        let id = try harness.invoke()
        harness.poll(1)
        let poll = harness.ask(id)
        harness.exit(1, .code(2), lines: ["Traceback", "SystemExit: 2"])
        let text = try #require(harness.result(of: poll)?.text)
        #expect(text.contains("exited with code 2") && text.contains("SystemExit: 2"))
        #expect(harness.result(of: poll)?.error == .unhandled)
    }

    @Test("Work that did not reach the worker keeps its place in the queue")
    func undelivered() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        harness.poll(1)
        let first = try harness.invoke()
        let second = try harness.invoke()
        harness.engine.undelivered(1, first, at: harness.now)
        harness.collect()
        harness.poll(1)
        #expect(harness.work.map(\.invocation.id) == [first, first])
        #expect(harness.finish(1, first))
        harness.poll(1)
        #expect(harness.work.last?.invocation.id == second)
    }

    @Test("A newer request for work of one worker takes the place of the older")
    func superseded() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        let old = harness.poll(1)
        let new = harness.poll(1)
        #expect(harness.refusals.map(\.poll) == [old])
        try harness.invoke()
        #expect(harness.work.map(\.poll) == [new])
    }

    @Test("A request for work whose connection is gone gets none")
    func goneWorkPoll() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        let poll = harness.poll(1)
        harness.engine.forgetWorkPoll(1, poll)
        try harness.invoke()
        #expect(harness.work.isEmpty)
        harness.poll(1)
        #expect(harness.work.count == 1)
    }

    @Test("A worker that asks again before it has reported waits until it has")
    func oneAtATime() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        harness.poll(1)
        let first = try harness.invoke()
        try harness.invoke()
        harness.poll(1)
        #expect(harness.work.count == 1)
        #expect(harness.finish(1, first))
        #expect(harness.work.count == 2)
    }

    @Test("A full queue refuses invocations and drops messages, counted, told at 1, 2, 4, 8 …")
    func full() throws {
        var limits = FunctionLimits()
        limits.queuedInvocations = 2
        let harness = EngineHarness([EngineHarness.pinned()], limits: limits)
        harness.start()
        harness.deliver("1")
        harness.deliver("2")
        for _ in 0..<5 { harness.deliver("lost") }
        #expect(throws: InvocationRefusal.queueFull) { try harness.invoke() }
        let counters = harness.engine.status(at: harness.now)[0].counters
        #expect(counters.droppedMessages == 5 && counters.refusedInvocations == 1)
        #expect(harness.notes.count == 3)
    }

    @Test("The bytes of a queue are bounded, but one invocation is always taken")
    func fullOfBytes() throws {
        var limits = FunctionLimits()
        limits.queuedBytes = 10
        let harness = EngineHarness([EngineHarness.pinned()], limits: limits)
        harness.start()
        try harness.invoke(payload: "more than ten bytes")
        #expect(throws: InvocationRefusal.queueFull) { try harness.invoke(payload: "x") }
    }

    @Test("Results that nobody collects go after a minute and are counted; open ones of one caller are bounded")
    func uncollected() throws {
        var limits = FunctionLimits()
        limits.uncollectedPerCaller = 2
        let harness = EngineHarness([EngineHarness.pinned()], limits: limits)
        harness.start()
        let id = try harness.invoke()
        try harness.invoke()
        #expect(throws: InvocationRefusal.tooManyUncollected) { try harness.invoke() }
        harness.poll(1)
        #expect(harness.finish(1, id))
        harness.pass(61)
        #expect(harness.ask(id) == nil)
        #expect(harness.engine.status(at: harness.now)[0].counters.expiredResults == 1)
        try harness.invoke()
    }

    @Test("When the caller dies, what it asked for and nobody has begun is not begun")
    func callerDies() throws {
        let harness = EngineHarness([EngineHarness.pinned("a"), EngineHarness.pinned("b")])
        harness.start()
        try harness.invoke(1, caller: 1)
        try harness.invoke(1, type: .event, payload: "event", caller: 1)
        harness.exit(1, .code(0))
        harness.poll(2)
        #expect(harness.work.map(\.invocation.payload) == [Array("event".utf8)])
    }

    @Test("A service of the core answers a call now or later")
    func services() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        let id = InvocationID(high: 1, low: 1)
        try harness.engine.openService(id, service: 0, caller: 5)
        let poll = harness.ask(id, function: 1, caller: 5)
        harness.engine.finishService(id, FunctionResult(payload: [1, 2]), at: harness.now)
        harness.collect()
        #expect(harness.result(of: poll)?.payload == [1, 2])
    }
}
