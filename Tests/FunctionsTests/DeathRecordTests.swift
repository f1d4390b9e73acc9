import Log
import Testing

@testable import Functions

@Suite("Records of workers that died")
struct DeathRecordTests {
    private typealias H = EngineHarness

    private func isolated() -> H {
        H([FunctionSettings(arn: H.arn("f"), isPinned: false, timeout: 3 * H.second, memoryKB: 16384)])
    }

    @Test("LAM-07, SDK-03: a worker that the kernel kills for memory is told in V1's words, and to its caller")
    func memory() throws {
        let harness = isolated()
        let id = try harness.invoke()
        harness.poll(1)
        let poll = harness.ask(id)
        harness.exit(1, .outOfMemory, lines: ["allocating"])
        let warning = try #require(harness.notes.first { $0.level == .warn })
        #expect(
            warning.text
                == "Worker consumed all allocated memory! Memory Usage (KB).\t{\"workerId\": \"1\", \"funcArn\": "
                + "\"\(H.arn("f"))\", \"memSize\": 16384, \"memUsed\": 16384}")
        let errors = harness.notes.filter { $0.level == .error }.map(\.text)
        #expect(errors.first?.hasPrefix("Worker is ungracefully killed.\t{") == true)
        #expect(
            errors.last?.contains("it had used up its memory of 16384 KB. If it needs more, raise MemorySize") == true)
        let result = try #require(harness.result(of: poll))
        #expect(result.error == .unhandled)
        #expect(result.text.contains("16384 KB") && result.text.contains("allocating"))
        let status = harness.engine.status(at: harness.now)[0]
        #expect(status.counters.outOfMemory == 1)
        #expect(status.lastDeath?.record.exit == .outOfMemory)
    }

    @Test("LAM-05: the record has code or signal, what was handled, how long it lived and the last lines")
    func crash() throws {
        let harness = isolated()
        let id = try harness.invoke()
        harness.poll(1)
        harness.pass(2)
        harness.exit(1, .signal(11), lines: ["a", "b"])
        let (record, ago) = try #require(harness.engine.status(at: harness.now + 5 * H.second)[0].lastDeath)
        #expect(ago == 5 * H.second)
        #expect(record.exit == .signal(11))
        #expect(record.invocation == id)
        #expect(record.lived == 2 * H.second)
        #expect(record.lastLines == ["a", "b"])
        #expect(record.line.hasSuffix("Last lines of its error output: a | b"))
        #expect(record.reason == nil)
    }

    @Test("LAM-06: a time-out is the last death, with the lines that were written until then")
    func timeout() throws {
        let harness = isolated()
        let id = try harness.invoke()
        harness.poll(1)
        harness.pass(3)
        #expect(harness.killed == [1])
        harness.exit(1, .signal(9), lines: ["waiting for the sensor"])
        let record = try #require(harness.engine.status(at: harness.now)[0].lastDeath?.record)
        #expect(record.reason == "ran out of time")
        #expect(record.invocation == id)
        #expect(record.sentence.hasSuffix("was ended by SIGKILL: \(id.text) Task timed out after 3.00 seconds"))
        #expect(record.lastLines == ["waiting for the sensor"])
    }

    @Test("LAM-04: an idle end is no death")
    func idle() throws {
        let harness = isolated()
        let id = try harness.invoke()
        harness.poll(1)
        #expect(harness.finish(1, id))
        harness.poll(1)
        harness.pass(61)
        #expect(harness.terminated == [1])
        harness.exit(1, .code(0))
        #expect(harness.engine.status(at: harness.now)[0].lastDeath == nil)
    }
}
