import Testing

@testable import Core

@Suite("A clock that is behind")
struct ClockLagTests {
    private let written: Int64 = 1_767_225_600_000  // 2026-01-01

    @Test("A clock that was never set is behind by what config.json tells, or by what this software's age tells")
    func neverSet() {
        #expect(ClockLag(now: 0, newest: written).seconds == 1_767_225_600)
        #expect(ClockLag(now: 0, newest: 0).seconds == 1_704_067_200)
        #expect(ClockLag(now: 0, newest: written).sentence?.contains("at least 20454 days behind") == true)
    }

    @Test("A clock that may be right is not called wrong, and a minute is nothing")
    func right() {
        #expect(ClockLag(now: written + 1, newest: written).sentence == nil)
        #expect(ClockLag(now: written - 59_000, newest: written).seconds == 0)
        #expect(ClockLag(now: written - 90_000, newest: written).sentence?.contains("90 seconds") == true)
    }
}
