import Group
import Testing

/// Texts of groups, and what is found in them.
enum GroupFixture {
    static let certificateA = String(repeating: "a1", count: 32)
    static let certificateB = String(repeating: "b2", count: 32)
    static let lambda = "arn:aws:lambda:us-west-2:123456789012:function:"

    static func thing(_ name: String) -> String { "arn:aws:iot:us-west-2:123456789012:thing/\(name)" }

    static func device(_ name: String, _ certificate: String = certificateA, id: String? = nil) -> String {
        """
        {"Id": "\(id ?? name)", "ThingArn": "\(thing(name))",
         "CertificateArn": "arn:aws:iot:us-west-2:123456789012:cert/\(certificate)", "SyncShadow": false}
        """
    }

    /// A function with more keys of its own and of its configuration.
    static func function(
        _ name: String = "Alarm:1", more: String = "", configuration: String = "{}", runtime: String = "python3.7",
        handler: String = "alarm.handler", id: String = "f"
    ) -> String {
        """
        {"Id": "\(id)", "FunctionArn": "\(lambda)\(name)", "Runtime": "\(runtime)", "Handler": "\(handler)"\(more),
         "FunctionConfiguration": \(configuration)}
        """
    }

    static let noContainer = #""DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}}"#

    static func read(_ text: String, _ rules: GroupRules = GroupRules()) -> (group: GroupDefinition, report: Report) {
        GroupDefinition.read(Array(text.utf8), rules: rules)
    }

    /// The group of a text that is valid.
    static func valid(
        _ text: String, _ rules: GroupRules = GroupRules(), sourceLocation: SourceLocation = #_sourceLocation
    ) -> GroupDefinition {
        let (group, report) = read(text, rules)
        #expect(report.violations.isEmpty, "\(report)", sourceLocation: sourceLocation)
        return group
    }

    /// Whether exactly one violation is found, at that path, with that in its message.
    static func refuses(
        _ text: String, at path: String, saying words: String, _ rules: GroupRules = GroupRules(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let report = read(text, rules).report
        let found = report.violations
        #expect(
            found.count == 1 && found[0].path == path && found[0].message.contains(words), "found: \(report)",
            sourceLocation: sourceLocation)
    }

    static func functionGroup(_ function: String, more: String = "") -> String {
        "{\(noContainer), \"Functions\": [\(function)]\(more)}"
    }
}
