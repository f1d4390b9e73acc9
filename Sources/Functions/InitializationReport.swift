import JSON

/// The body of `PUT …/initialized`: `{"Success":false,"Response":"…"}`.
enum InitializationReport {
    private static let maximumBytes = 65_536

    /// Why the function failed to initialise; nil when it succeeded.
    static func failure(_ body: [UInt8]) -> String? {
        let report: JSON
        do throws(JSONError) {
            report = try JSON.parse(body, maximumBytes: maximumBytes, maximumDepth: 8)
        } catch {
            return "its report is not JSON: \(error.description)"
        }
        if report["Success"]?.booleanValue == true { return nil }
        return report["Response"]?.stringValue ?? "it gave no reason"
    }
}
