import Testing

@testable import Functions

/// What V1.10 and V1.11 let an administrator bound in `runtime` of config.json.
@Suite("Bounds over all functions")
struct WorkItemsTests {
    private typealias H = EngineHarness

    @Test(
        "B-05: work items of all functions together wait up to maxWorkItemCount, 1024 when absent; what comes then is dropped"
    )
    func together() throws {
        #expect(FunctionLimits().workItems == 1024)
        var limits = FunctionLimits()
        limits.workItems = 5
        let harness = H([H.pinned("a"), H.pinned("b"), H.pinned("c")], limits: limits)
        harness.start()
        for number in 1...3 { harness.deliver("\(number)", to: 0) }
        for number in 1...3 { harness.deliver("\(number)", to: 1) }
        let status = harness.engine.status(at: harness.now)
        #expect(status[0].counters.droppedMessages == 0)
        #expect(status[1].counters.droppedMessages == 1)
        #expect(harness.notes.last?.text.contains("all functions together have 5") == true, "\(harness.notes)")
        #expect(throws: InvocationRefusal.self) { try harness.invoke(0) }
        #expect(harness.engine.isFull(1, forPayload: 1))
        // A function that has none waiting is not silenced by the others.
        harness.deliver("1", to: 2)
        #expect(harness.engine.status(at: harness.now)[2].counters.droppedMessages == 0)
        harness.deliver("2", to: 2)
        #expect(harness.engine.status(at: harness.now)[2].counters.droppedMessages == 1)
    }

    @Test("B-05: what a worker takes, and what is given up, makes room")
    func room() throws {
        var limits = FunctionLimits()
        limits.workItems = 2
        let harness = H([H.pinned("a"), H.pinned("b")], limits: limits)
        harness.start()
        harness.deliver("1", to: 0)
        try harness.invoke(0)
        #expect(throws: InvocationRefusal.self) { try harness.invoke(0) }
        harness.poll(1)
        try harness.invoke(0)
        #expect(throws: InvocationRefusal.self) { try harness.invoke(0) }
        // The process of the first function ends: its callers are told, its message was in hand.
        harness.exit(1, .code(1))
        harness.deliver("2", to: 1)
        harness.deliver("3", to: 1)
        #expect(harness.engine.status(at: harness.now)[1].counters.droppedMessages <= 1)
        harness.poll(2)
        harness.deliver("4", to: 1)
        #expect(harness.engine.status(at: harness.now)[1].counters.droppedMessages <= 1)
    }

    @Test("B-07: of on-demand workers without work, lruSize are kept; those that worked last")
    func idle() throws {
        #expect(FunctionLimits().idleWorkers == 25)
        var limits = FunctionLimits()
        limits.idleWorkers = 2
        let harness = H([H.onDemand("a"), H.pinned()], limits: limits)
        harness.start()
        var ids: [InvocationID] = []
        for _ in 1...3 { ids.append(try harness.invoke(0)) }
        // The pinned one is worker 1: it is kept in any case and counts for nothing.
        harness.poll(1)
        for worker in UInt32(2)...4 { harness.poll(worker) }
        for (index, worker) in (UInt32(2)...4).enumerated() {
            harness.pass(0.1)
            #expect(harness.finish(worker, ids[index]))
            harness.poll(worker)
        }
        #expect(harness.terminated == [2], "the one that has been idle longest")
        harness.exit(2, .code(0))
        harness.pass(1)
        #expect(harness.terminated == [2])
    }
}

@Suite("Starts that fail")
struct FailedStartTests {
    private typealias H = EngineHarness

    @Test("H-30: a pinned function whose process could not be started is tried again by itself, its messages wait")
    func pinned() {
        let harness = H([H.pinned()])
        harness.start()
        harness.deliver("one")
        for attempt in 1...5 {
            harness.exit(UInt32(attempt), .notStarted("wait: no child processes"))
            harness.pass(60)
            #expect(harness.launched.count == attempt + 1)
        }
        harness.poll(6)
        #expect(harness.work.count == 1)
    }

    @Test("H-30: messages to an on-demand function wait while its start is tried again; callers are told at once")
    func onDemand() throws {
        let harness = H([H.onDemand()])
        harness.deliver("one")
        let id = try harness.invoke()
        let poll = harness.ask(id)
        for worker in harness.launched { harness.exit(worker, .notStarted("wait: no child processes")) }
        #expect(harness.result(of: poll)?.text.contains("wait: no child processes") == true)
        harness.pass(5)
        let worker = try #require(harness.launched.last)
        #expect(harness.launched.count == 3, "tried with one process: \(harness.launched)")
        harness.poll(worker)
        #expect(harness.work.map { String(decoding: $0.invocation.payload, as: UTF8.self) } == ["one"])
    }

    @Test("H-30: what cannot be started at all is given up after three attempts")
    func givenUp() {
        let harness = H([H.onDemand()])
        harness.deliver("one")
        for attempt in 1...3 {
            harness.exit(UInt32(attempt), .notStarted("no interpreter for runtime python3.7 is installed"))
            harness.pass(10)
        }
        #expect(harness.launched.count == 3)
        #expect(harness.engine.status(at: harness.now)[0].counters.unhandledErrors == 1)
    }

    @Test("PLAT-12: a start that ends like an unknown command tells that the interpreter is a shim, and what to do")
    func shim() {
        let function = FunctionSettings(
            arn: H.arn("f"), isPinned: true, timeout: 3 * H.second, interpreter: "python3.7")
        let harness = H([function, H.pinned("executable")])
        harness.start()
        harness.exit(1, .code(127), lines: ["pyenv: python3.7: command not found"])
        let text = harness.notes.last?.text ?? ""
        #expect(text.contains("exited with code 127: the program for python3.7 does not work"), "\(text)")
        #expect(text.contains("`greengrassd check`") && text.contains("pyenv: python3.7: command not found"), "\(text)")
        harness.exit(2, .code(127))
        #expect(harness.notes.last?.text.contains("shim") == false)
    }
}
