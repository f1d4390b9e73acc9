import Foundation
import Image

/// Artifacts by architectures, and how each was started.
public struct Grid {
    public struct Outcome: Equatable, Sendable {
        public let hasPassed: Bool
        public let tests: Int
        public let seconds: Int

        /// - Parameter text: a line of `dist/matrix`: `passed` or `failed`, the number of tests, the seconds.
        public init(_ text: String, cell: String) throws(BuildError) {
            let words = text.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, ["passed", "failed"].contains(words[0]), let tests = Int(words[1]),
                let seconds = Int(words[2])
            else { throw BuildError("dist/matrix/\(cell) is no outcome of a cell. Run `make matrix`.") }
            hasPassed = words[0] == "passed"
            self.tests = tests
            self.seconds = seconds
        }
    }

    static let begin = "<!-- grid: written by `make matrix` -->"
    static let end = "<!-- end of grid -->"
    /// The comments of a page that say where the grid is.
    public static let marks = [begin, end]

    private let outcomes: [String: Outcome]
    private let artifacts: [any Artifact]

    /// - Parameter outcomes: by artifact and architecture, `tarball-armv6l`.
    public init(_ outcomes: [String: Outcome], artifacts: [any Artifact] = allArtifacts) {
        self.outcomes = outcomes
        self.artifacts = artifacts
    }

    /// The cells that have no outcome.
    public var empty: [String] {
        artifacts.flatMap { artifact in artifact.architectures.map { "\(artifact.name)-\($0.rawValue)" } }
            .filter { outcomes[$0] == nil }
    }

    public var table: String {
        let names = Architecture.allCases.map(\.rawValue)
        var lines = ["| artifact | \(names.joined(separator: " | ")) |", "|---|" + names.map { _ in "---|" }.joined()]
        for artifact in artifacts {
            let cells = Architecture.allCases.map { architecture in
                guard artifact.architectures.contains(architecture) else { return "not made" }
                guard let outcome = outcomes["\(artifact.name)-\(architecture.rawValue)"] else {
                    return "**not started**"
                }
                return outcome.hasPassed ? "\(outcome.tests) passed, \(outcome.seconds) s" : "**failed**"
            }
            lines.append("| `\(artifact.name)` | \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n")
    }

    /// A page with the grid in the place of the one that it has.
    ///
    /// - Throws: when the page has no place for it.
    public func drawn(into text: String, of page: String) throws(BuildError) -> String {
        guard let first = text.range(of: Self.begin), let last = text.range(of: Self.end),
            first.upperBound <= last.lowerBound
        else {
            throw BuildError("\(page) has no place for the grid: a line `\(Self.begin)`, and below it `\(Self.end)`.")
        }
        return text[..<first.upperBound] + "\n" + table + "\n" + text[last.lowerBound...]
    }
}
