import Image
import Testing

@testable import Artifacts

@Suite("The grid")
struct GridTests {
    private struct Made: Artifact {
        let name: String
        var architectures: [Architecture] = Architecture.allCases

        func make(for architecture: Architecture, in build: Build) throws -> [String] { [] }
    }

    private static let artifacts: [any Artifact] = [
        Made(name: "tarball"), Made(name: "node", architectures: [.x86_64]),
    ]

    @Test("PLAT-01: a cell that was not started is told, one that failed stands out, one that is not made says so")
    func cells() throws {
        let outcomes = [
            "tarball-x86_64": try Grid.Outcome("passed 7 12\n", cell: "a"),
            "tarball-armv6l": try Grid.Outcome("failed 0 3\n", cell: "b"),
        ]
        let grid = Grid(outcomes, artifacts: Self.artifacts)
        #expect(grid.empty == ["tarball-armv7l", "tarball-aarch64", "node-x86_64"])
        #expect(grid.table.contains("| `tarball` | **failed** | **not started** | **not started** | 7 passed, 12 s |"))
        #expect(grid.table.contains("| `node` | not made | not made | not made | **not started** |"))
        #expect(throws: BuildError.self) { try Grid.Outcome("skipped 0 0", cell: "c") }
    }

    @Test("It takes the place of the one that stands in a page, and nothing else changes")
    func page() throws {
        let page = "before\n<!-- grid: written by `make matrix` -->\nold\n<!-- end of grid -->\nafter\n"
        let grid = Grid([:], artifacts: Self.artifacts)
        let drawn = try grid.drawn(into: page, of: "page")
        #expect(drawn.hasPrefix("before\n<!-- grid") && drawn.hasSuffix("<!-- end of grid -->\nafter\n"))
        #expect(!drawn.contains("old") && drawn.contains(grid.table))
        #expect(try grid.drawn(into: drawn, of: "page") == drawn)
        #expect(throws: BuildError.self) { try grid.drawn(into: "nothing", of: "page") }
    }

    @Test("The suite of a cell is named like its artifact")
    func suites() {
        #expect(Made(name: "boot-image").suite == "BootImageCell")
    }
}
