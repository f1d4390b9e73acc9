import Testing

@testable import Linux

@Suite("Scheduled calls")
struct TimerQueueTests {
    @Test("Calls come in the order of their deadlines, and of their making where those are equal")
    func order() {
        var queue = TimerQueue()
        var seen: [Int] = []
        for (index, deadline) in [30, 10, 20, 10, 5].enumerated() {
            _ = queue.add(at: Int64(deadline)) { seen.append(index) }
        }
        while let body = queue.takeDue(now: 100) { body() }
        #expect(seen == [4, 1, 3, 2, 0])
    }

    @Test("Nothing comes before its deadline, and what was cancelled never comes")
    func cancelled() {
        var queue = TimerQueue()
        var seen: [String] = []
        let first = queue.add(at: 10) { seen.append("first") }
        _ = queue.add(at: 20) { seen.append("second") }
        #expect(queue.millisecondsToNext(now: 0) == 1)
        queue.remove(first)
        #expect(queue.takeDue(now: 19) == nil)
        queue.takeDue(now: 20)?()
        #expect(seen == ["second"])
        #expect(queue.millisecondsToNext(now: 20) == -1)
    }

    @Test("Thousands of cancelled calls do not hide the ones that are left")
    func manyCancelled() {
        var queue = TimerQueue()
        var generator = SystemRandomNumberGenerator()
        var expected: [Int64] = []
        var seen: [Int64] = []
        for _ in 0..<5000 {
            let deadline = Int64.random(in: 0..<1_000_000, using: &generator)
            let number = queue.add(at: deadline) { seen.append(deadline) }
            if Bool.random() { queue.remove(number) } else { expected.append(deadline) }
        }
        while let body = queue.takeDue(now: .max) { body() }
        #expect(seen == expected.sorted())
    }

    @Test("A wait is rounded up, so that a wake-up is never too early")
    func rounding() {
        var queue = TimerQueue()
        _ = queue.add(at: 1_000_001) {}
        #expect(queue.millisecondsToNext(now: 0) == 2)
        #expect(queue.millisecondsToNext(now: 1_000_001) == 0)
    }
}
