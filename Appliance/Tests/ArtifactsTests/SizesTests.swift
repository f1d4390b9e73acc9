import Testing

@testable import Artifacts

@Suite("Sizes")
struct SizesTests {
    @Test("One line a thing, one column an architecture; what is too large stands out")
    func table() {
        let rows = [
            Sizes.Row(what: "archive", architecture: .armv6l, size: 2_000_000, limit: 2_500_000),
            Sizes.Row(what: "archive", architecture: .x86_64, size: 2_600_000, limit: 2_500_000),
        ]
        #expect(rows.map(\.isWithin) == [true, false])
        #expect(Sizes.table(rows).hasSuffix("| archive | 2.00 | **2.60** | 2.50 |"))
        #expect(Sizes.table(rows).hasPrefix("| MB | armv6l | x86_64 | at most |"))
    }
}
