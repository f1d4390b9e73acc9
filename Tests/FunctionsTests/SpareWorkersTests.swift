import Testing

@testable import Functions

@Suite("Spare workers")
struct SpareWorkersTests {
    private typealias H = EngineHarness

    private func harness(_ spare: Int, most: Int = 25) -> H {
        var limits = FunctionLimits()
        limits.spareWorkers = spare
        limits.onDemandWorkers = most
        let harness = H([H.onDemand("a"), H.onDemand("b"), H.pinned()], limits: limits)
        harness.start()
        return harness
    }

    @Test("They start with the core, one for each on-demand function, and a message goes to one at once")
    func ready() throws {
        let harness = harness(1)
        #expect(harness.launched == [1, 2, 3], "the pinned one first")
        harness.poll(2)
        try harness.invoke(0)
        #expect(harness.work.map(\.worker) == [2])
        #expect(harness.launched.count == 3)
    }

    @Test("Without the setting there are none")
    func none() {
        #expect(harness(0).launched == [1])
    }

    @Test("One that is done within a second is not replaced; one that has work for longer is")
    func replaced() throws {
        let harness = harness(1)
        harness.poll(2)
        let quick = try harness.invoke(0)
        #expect(harness.finish(2, quick))
        harness.poll(2)
        harness.pass(2)
        #expect(harness.launched == [1, 2, 3])
        try harness.invoke(0)
        harness.pass(0.9)
        #expect(harness.launched == [1, 2, 3])
        harness.pass(0.2)
        #expect(harness.launched == [1, 2, 3, 4])
    }

    @Test("Without work they live on; what is more than them ends after its minute")
    func kept() throws {
        let harness = harness(1)
        harness.poll(2)
        harness.poll(3)
        let first = try harness.invoke(0)
        try harness.invoke(0)
        harness.poll(4)
        #expect(harness.finish(2, first))
        harness.poll(2)
        harness.pass(1000)
        #expect(harness.terminated.isEmpty, "4 was killed for its time, 2 is the spare one")
        #expect(harness.killed == [4])
        harness.exit(4, .signal(9))
        let one = try harness.invoke(0)
        let two = try harness.invoke(0)
        harness.poll(5)
        #expect(harness.finish(2, one) && harness.finish(5, two))
        harness.poll(2)
        harness.poll(5)
        harness.pass(61)
        #expect(harness.terminated.count == 1)
    }

    @Test("A function that fails before it asks for work gets no spare worker until one has served")
    func failing() throws {
        let harness = harness(1)
        harness.poll(3)
        harness.exit(2, .code(1))
        harness.pass(600)
        #expect(harness.launched == [1, 2, 3])
        let work = try harness.invoke(0)
        #expect(harness.launched == [1, 2, 3, 4])
        harness.poll(4)
        harness.pass(2)
        #expect(harness.launched == [1, 2, 3, 4, 5])
        #expect(harness.finish(4, work))
    }

    @Test("A spare worker that ends by itself is replaced when there is work again; one that dies at work is at once")
    func dies() throws {
        let harness = harness(1)
        harness.poll(2)
        harness.poll(3)
        harness.exit(2, .signal(11))
        harness.pass(600)
        #expect(harness.launched == [1, 2, 3])
        try harness.invoke(0)
        harness.poll(4)
        harness.exit(4, .signal(11))
        harness.pass(1.1)
        #expect(harness.launched == [1, 2, 3, 4, 5])
    }

    @Test("They take no room from work: an idle one leaves for another function, and comes back when there is room")
    func crowded() throws {
        let harness = harness(1, most: 2)
        harness.poll(2)
        harness.poll(3)
        try harness.invoke(0)
        let second = try harness.invoke(0)
        #expect(harness.terminated == [3])
        harness.exit(3, .code(0))
        #expect(harness.launched == [1, 2, 3, 4])
        harness.poll(4)
        harness.pass(1.5)
        #expect(harness.launched == [1, 2, 3, 4])
        _ = second
        harness.exit(2, .code(0))
        harness.pass(1.5)
        #expect(harness.launched.count == 5)
    }
}
