import Testing

@testable import Functions

@Suite("Many on-demand functions at once")
struct CrowdedTests {
    private typealias H = EngineHarness

    private func harness(_ most: Int) -> H {
        var limits = FunctionLimits()
        limits.onDemandWorkers = most
        return H([H.onDemand("a"), H.onDemand("b"), H.pinned()], limits: limits)
    }

    @Test("B-06: on-demand functions have as many workers together as maxConcurrentLimit says; more work waits")
    func bound() throws {
        let harness = harness(2)
        harness.start()
        for _ in 1...3 { try harness.invoke(0) }
        try harness.invoke(1)
        // The pinned one is worker 1 and does not count.
        #expect(harness.launched == [1, 2, 3])
        harness.poll(2)
        harness.exit(2, .code(1))
        #expect(harness.launched.count == 4, "the end of one makes room")
    }

    @Test("B-06, LAM-04: an idle worker makes room for another function's work")
    func idleLeaves() throws {
        let harness = harness(1)
        let id = try harness.invoke(0)
        harness.poll(1)
        #expect(harness.finish(1, id))
        harness.poll(1)
        try harness.invoke(1)
        #expect(harness.terminated == [1])
        #expect(harness.launched == [1])
        try harness.invoke(1)
        #expect(harness.terminated == [1], "it is asked once")
        harness.exit(1, .code(0))
        #expect(harness.launched == [1, 2])
    }

    @Test("B-06: a busy worker is left alone")
    func busyStays() throws {
        let harness = harness(1)
        let id = try harness.invoke(0)
        harness.poll(1)
        try harness.invoke(1)
        #expect(harness.terminated.isEmpty)
        #expect(harness.finish(1, id))
        harness.poll(1)
        #expect(harness.terminated == [1], "now it is idle, and the other function's work waits")
    }
}
