import Testing

@testable import Functions

@Suite("Pinned functions")
struct PinnedFunctionTests {
    @Test("LAM-05: a pinned function starts with the core and has one worker, whose work queues")
    func oneWorker() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        #expect(harness.launched == [1])
        let first = try harness.invoke()
        try harness.invoke()
        try harness.invoke()
        harness.poll(1)
        #expect(harness.launched == [1])
        #expect(harness.work.map(\.invocation.id) == [first])
        #expect(harness.finish(1, first))
        harness.poll(1)
        #expect(harness.work.count == 2)
    }

    @Test("LAM-05: a pinned worker that never asks for work lives on")
    func neverAsks() {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        harness.pass(86_400)
        #expect(harness.killed.isEmpty && harness.terminated.isEmpty)
        #expect(harness.engine.status(at: harness.now)[0].workers.count == 1)
    }

    @Test("LAM-05: an idle pinned worker lives on, its globals with it")
    func idle() {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        harness.poll(1)
        harness.pass(86_400)
        #expect(harness.killed.isEmpty && harness.terminated.isEmpty)
    }

    @Test("LAM-05: a pinned worker that dies is started again after pauses of 1, 2, 4 … 60 seconds")
    func backoff() {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        var pauses: [Int64] = []
        for _ in 0..<8 {
            let died = harness.now
            let worker = harness.launched.last ?? 0
            harness.exit(worker, .code(1))
            while harness.launched.last == worker, let next = harness.engine.nextDeadline {
                harness.now = next
                harness.pass(0)
            }
            pauses.append((harness.now - died) / EngineHarness.second)
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(harness.engine.status(at: harness.now)[0].counters.restarts == 8)
    }

    @Test("LAM-05: a pinned worker that lived a minute begins again with the shortest pause")
    func stable() {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        for _ in 0..<3 {
            harness.exit(harness.launched.last ?? 0, .signal(11))
            harness.pass(10)
        }
        harness.pass(61)
        let count = harness.launched.count
        harness.exit(harness.launched.last ?? 0, .signal(11))
        harness.pass(1)
        #expect(harness.launched.count == count + 1)
    }

    @Test("LAM-05: messages wait for a pinned function between death and restart; callers are told at once")
    func waitsForRestart() throws {
        let harness = EngineHarness([EngineHarness.pinned()])
        harness.start()
        harness.deliver("one")
        let id = try harness.invoke()
        harness.exit(1, .code(3), lines: ["ImportError: no module named x"])
        let poll = harness.ask(id)
        let result = try #require(harness.result(of: poll))
        #expect(result.error == .unhandled)
        #expect(result.text.contains("exited with code 3") && result.text.contains("ImportError"))
        harness.pass(1)
        harness.poll(2)
        #expect(harness.work.map(\.invocation.payload) == [Array("one".utf8)])
    }

    @Test("A worker that dies leaves exactly one readable record")
    func record() throws {
        let harness = EngineHarness([EngineHarness.pinned("alarm")])
        harness.start()
        harness.engine.workerStarted(1, processID: 4711)
        harness.poll(1)
        let id = try harness.invoke()
        harness.exit(1, .signal(11), lines: ["line one", "line two"])
        #expect(harness.notes.count == 1)
        let note = try #require(harness.notes.first)
        #expect(note.level == .error)
        #expect(
            note.text == "Function arn:aws:lambda:us-west-2:123456789012:function:alarm:1 (worker 1, process 4711) was "
                + "ended by SIGSEGV while it handled invocation \(id.text). Last lines of its error output: line one | "
                + "line two")
    }
}
