import Foundation
import Image

/// `Appliance/packages/NAME`: Debian packages that an artifact is made from. One name a line, with the architectures in
/// brackets behind it where it is not for all; `@NAME` stands for the first package that the metapackage NAME depends on.
/// `# with dependencies` in the first line adds what they depend on, and `# for ARCHITECTURE…` in another says what the
/// set is for, all four unless it does.
public struct PackageSet: Equatable, Sendable {
    public static let folder = "Appliance/packages"

    public let name: String
    public let withDependencies: Bool
    /// Debian's names.
    public let architectures: [String]
    private let lines: [(package: String, architectures: [String])]

    /// - Throws: when a line names no package.
    public init(name: String, text: String) throws(BuildError) {
        self.name = name
        var architectures = Architecture.allCases.map(\.debian)
        var withDependencies = false
        var lines: [(package: String, architectures: [String])] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            if first == "#" {
                if words.dropFirst().elementsEqual(["with", "dependencies"]) { withDependencies = true }
                if words.dropFirst().first == "for" { architectures = Array(words.dropFirst(2)) }
                continue
            }
            let rest = words.dropFirst().joined(separator: " ")
            guard rest.isEmpty || (rest.hasPrefix("[") && rest.hasSuffix("]")) else {
                throw BuildError(
                    "\(Self.folder)/\(name), line \(index + 1): expected a package's name, and architectures in brackets "
                        + "where it is not for all.")
            }
            lines.append((first, rest.dropFirst().dropLast().split(separator: " ").map(String.init)))
        }
        self.withDependencies = withDependencies
        self.architectures = architectures
        self.lines = lines
    }

    public static func == (first: PackageSet, second: PackageSet) -> Bool {
        first.name == second.name && first.withDependencies == second.withDependencies
            && first.architectures == second.architectures
            && first.architectures.allSatisfy { first.names(for: $0) == second.names(for: $0) }
    }

    /// The names that are asked for.
    public func packages(for architecture: String) -> [String] {
        names(for: architecture).filter { !$0.hasPrefix("@") }
    }

    /// Those whose dependency is asked for, because its name changes with its version.
    public func metapackages(for architecture: String) -> [String] {
        names(for: architecture).filter { $0.hasPrefix("@") }.map { String($0.dropFirst()) }
    }

    private func names(for architecture: String) -> [String] {
        lines.filter { $0.architectures.isEmpty || $0.architectures.contains(architecture) }.map(\.package)
    }
}
