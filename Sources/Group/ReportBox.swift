import JSON

/// The report under construction, shared by the readers of one file.
final class ReportBox {
    private(set) var report = Report()
    private let document: JSONDocument?
    private var effort: Int64 = 0

    /// Positions take a walk through the text and suggestions one through the group. In steps of some nanoseconds each,
    /// there are enough of them for any person, and not for an attacker.
    private static let mostEffort: Int64 = 20_000_000

    /// - Parameter document: the text that is read, to name lines in it.
    init(document: JSONDocument?) {
        self.document = document
    }

    func violation(_ path: JSONPath, _ message: String) { add(.violation, path, message) }
    func warning(_ path: JSONPath, _ message: String) { add(.warning, path, message) }

    /// What was probably meant instead of a text.
    func nearest(_ text: String, among candidates: [String]) -> String? {
        var steps: Int64 = 0
        for candidate in candidates { steps += Int64(candidate.utf8.count) }
        return takes(steps * Int64(text.utf8.count)) ? NearestName.find(text, among: candidates) : nil
    }

    private func add(_ severity: Finding.Severity, _ path: JSONPath, _ message: String) {
        var position: TextPosition?
        if let document, report.findings.count < Report.limit, takes(Int64(document.text.count)) {
            position = document.position(of: path)
        }
        report.add(Finding(severity, path: path.description, position: position, message: message))
    }

    /// Whether that many steps are still to be had.
    private func takes(_ steps: Int64) -> Bool {
        guard steps <= ReportBox.mostEffort - effort else { return false }
        effort += steps
        return true
    }
}
