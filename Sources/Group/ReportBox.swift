import JSON

/// The report under construction, shared by the readers of one file.
final class ReportBox {
    private(set) var report = Report()
    private let document: JSONDocument?

    /// - Parameter document: the text that is read, to name lines in it.
    init(document: JSONDocument?) {
        self.document = document
    }

    func violation(_ path: JSONPath, _ message: String) { add(.violation, path, message) }
    func warning(_ path: JSONPath, _ message: String) { add(.warning, path, message) }

    private func add(_ severity: Finding.Severity, _ path: JSONPath, _ message: String) {
        // Each position takes a walk through the text: enough of them for any person, not for an attacker.
        let position = report.findings.count < ReportBox.positionLimit ? document?.position(of: path) : nil
        report.add(Finding(severity, path: path.description, position: position, message: message))
    }

    private static let positionLimit = 100
}
