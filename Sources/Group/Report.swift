/// All that was found in a group. Reading goes on after a violation: a person corrects everything at once.
public struct Report: Equatable, Sendable {
    public private(set) var findings: [Finding] = []
    /// Findings beyond `Report.limit`, counted only.
    public private(set) var omitted: Int64 = 0
    /// The number of violations, those included that are counted only.
    public private(set) var violationCount: Int64 = 0

    /// A bound on what a hostile file can make us keep and print.
    public static let limit = 500

    public init() {}

    /// Whether the group can be deployed.
    public var isValid: Bool { violationCount == 0 }

    public var violations: [Finding] { findings.filter { $0.severity == .violation } }
    public var warnings: [Finding] { findings.filter { $0.severity == .warning } }

    public mutating func add(_ finding: Finding) {
        if finding.severity == .violation { violationCount += 1 }
        if findings.count < Report.limit { findings.append(finding) } else { omitted += 1 }
    }

    public mutating func violation(_ path: String, _ message: String) {
        add(Finding(.violation, path: path, message: message))
    }

    public mutating func warning(_ path: String, _ message: String) {
        add(Finding(.warning, path: path, message: message))
    }
}

extension Report: CustomStringConvertible {
    /// A line a finding, violations first.
    public var description: String {
        var text = ""
        for finding in violations + warnings { text += finding.description + "\n" }
        if omitted > 0 { text += "… and \(omitted) more\n" }
        return text
    }
}
