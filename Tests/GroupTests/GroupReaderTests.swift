import Group
import Testing

@Suite struct GroupReaderTests {
    private typealias F = GroupFixture

    @Test("INST-13: {} is a valid, empty group")
    func emptyGroup() {
        let (group, report) = F.read("{}")
        #expect(group == GroupDefinition())
        #expect(report.findings.isEmpty)
    }

    @Test("MSG-01: the API's shapes of all lists are read")
    func wholeGroup() throws {
        var rules = GroupRules()
        rules.cloud = true
        rules.shadows = true
        rules.connectors = true
        let group = F.valid(
            """
            {
              "Id": "g-1", "Name": "plant",
              "Cores": [\(F.device("core"))],
              "Devices": [\(F.device("sensor", F.certificateB)), {"Id": "2", "SyncShadow": true,
                "ThingArn": "arn:aws-cn:iot:cn-north-1:123456789012:thing/a:b_c-1",
                "CertificateArn": "arn:aws-cn:iot:cn-north-1:123456789012:cert/\(String(repeating: "C3", count: 32))"}],
              \(F.noContainer),
              "Functions": [\(F.function())],
              "Connectors": [{"Id": "c", "ConnectorArn": "arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1",
                "Parameters": {"DefaultSNSArn": "x"}}],
              "Resources": [{"Id": "r", "Name": "n", "ResourceDataContainer": {"SecretsManagerSecretResourceData":
                {"ARN": "arn"}}}],
              "Loggers": [{"Id": "1", "Type": "FileSystem", "Component": "Lambda", "Level": "WARN", "Space": 256}],
              "Subscriptions": [
                {"Id": "1", "Source": "\(F.thing("sensor"))", "Subject": "t/#", "Target": "\(F.lambda)Alarm:1"},
                {"Id": "2", "Source": "\(F.lambda)Alarm:1", "Subject": "a", "Target": "cloud"},
                {"Id": "3", "Source": "GGShadowService", "Subject": "$aws/things/+/shadow/#",
                 "Target": "\(F.thing("sensor"))"},
                {"Id": "4", "Source": "cloud", "Subject": "c",
                 "Target": "arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1"}
              ]
            }
            """, rules)
        #expect(group.id == "g-1")
        #expect(group.name == "plant")
        #expect(group.cores.map(\.thingName) == ["core"])
        #expect(group.devices.map(\.thingName) == ["sensor", "a:b_c-1"])
        #expect(group.devices[1].certificateID == String(repeating: "c3", count: 32))
        #expect(group.devices.map(\.syncShadow) == [false, true])
        #expect(group.resources.first?.kind == .secret)
        #expect(
            group.loggers == [
                LoggerDefinition(id: "1", destination: .fileSystem, component: .functions, level: .warn, spaceKB: 256)
            ])
        #expect(
            group.subscriptions == [
                Subscription(
                    id: "1", source: .device("sensor"), subject: Array("t/#".utf8),
                    target: .function(F.lambda + "Alarm:1")),
                Subscription(
                    id: "2", source: .function(F.lambda + "Alarm:1"), subject: Array("a".utf8), target: .cloud),
                Subscription(
                    id: "3", source: .shadow, subject: Array("$aws/things/+/shadow/#".utf8), target: .device("sensor")),
                Subscription(
                    id: "4", source: .cloud, subject: Array("c".utf8),
                    target: .connector("arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1")),
            ])
    }

    @Test func brokenJSONIsToldWithLineAndColumn() throws {
        let report = F.read("{\n  \"Devices\": [,]\n}").report
        let finding = try #require(report.violations.first)
        #expect(finding.position?.line == 2)
        #expect(finding.position?.column == 15)
        #expect(report.description.contains("error: $ (line 2, column 15): not readable as JSON"))
    }

    @Test func allViolationsAreReportedEachWithItsPlace() {
        let report = F.read(
            """
            {
              "Devices": [
                {"Id": "a", "ThingArn": "thing", "CertificateArn": "x"},
                5
              ],
              \(F.noContainer),
              "Functions": [\(F.function(configuration: #"{"Timeout": "soon", "Pinned": 1}"#))],
              "Subscriptions": [{"Id": "1", "Source": "nobody", "Subject": "a/#/b", "Target": 3}]
            }
            """
        ).report
        #expect(
            report.violations.map(\.path) == [
                "$.Devices[1]", "$.Devices[0].ThingArn", "$.Devices[0].CertificateArn",
                "$.Functions[0].FunctionConfiguration.Pinned", "$.Functions[0].FunctionConfiguration.Timeout",
                "$.Subscriptions[0].Source", "$.Subscriptions[0].Target", "$.Subscriptions[0].Subject",
            ])
        #expect(report.violations.first?.position?.line == 4)
        #expect(report.violations[4].message.contains("found \"soon\", expected a whole number of seconds"))
        #expect(!report.isValid)
    }

    @Test func anUnknownKeyIsAWarningWithTheNearestKnownOne() {
        let report = F.read(#"{"Devises": [], "Cores": [], "Zzzzzzzzzz": 1}"#).report
        #expect(report.isValid)
        #expect(report.warnings.map(\.path) == ["$.Devises", "$.Zzzzzzzzzz"])
        #expect(report.warnings[0].message.contains("did you mean \"Devices\""))
        #expect(report.warnings[1].message.contains("known here: Id, Name, Cores, Devices"))
    }

    @Test(arguments: [
        (#"[]"#, "$", "found an array"),
        (#"{"Devices": {}}"#, "$.Devices", "expected an array"),
        (#"{"DefaultConfig": 1}"#, "$.DefaultConfig", "expected an object"),
        (
            #"{"Loggers": [{"Id": "1", "Type": "Syslog", "Component": "Lambda", "Level": "INFO"}]}"#,
            "$.Loggers[0].Type", "expected \"FileSystem\" or \"AWSCloudWatch\""
        ),
        (
            #"{"Connectors": [{"Id": "1", "ConnectorArn": "arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1"}]}"#,
            "$.Connectors[0].ConnectorArn", "does not run connectors"
        ),
        (
            #"{"Resources": [{"Id": "a b", "Name": "x", "ResourceDataContainer": {"SecretsManagerSecretResourceData": {}}}]}"#,
            "$.Resources[0].Id", "letters, digits"
        ),
        (
            #"{"Resources": [{"Id": "a", "Name": "x", "ResourceDataContainer": {}}]}"#,
            "$.Resources[0].ResourceDataContainer", "describes no resource"
        ),
    ])
    func oneViolation(text: String, path: String, words: String) {
        F.refuses(text, at: path, saying: words)
    }

    @Test func devicesAreToldApart() {
        F.refuses(
            "{\"Devices\": [\(F.device("a")), \(F.device("b"))]}", at: "$.Devices[1].CertificateArn",
            saying: "already the certificate of $.Devices[0]")
        F.refuses(
            "{\"Devices\": [\(F.device("a")), \(F.device("a", F.certificateB, id: "other"))]}",
            at: "$.Devices[1].ThingArn", saying: "already the thing of $.Devices[0]")
        F.refuses(
            "{\"Devices\": [\(F.device("a")), \(F.device("b", F.certificateB, id: "a"))]}", at: "$.Devices[1].Id",
            saying: "already the Id of $.Devices[0]")
        F.refuses(
            "{\"Cores\": [\(F.device("a"))], \"Devices\": [\(F.device("b"))]}", at: "$.Devices[0].CertificateArn",
            saying: "already the certificate of $.Cores[0]")
        F.refuses(
            "{\"Cores\": [\(F.device("a")), \(F.device("b", F.certificateB))]}", at: "$.Cores", saying: "at most 1")
    }

    @Test(
        "a thing name becomes a client ID and a file name: nothing else gets through",
        arguments: ["a/b", "..%2f", "a b", "é", "", String(repeating: "x", count: 125)])
    func thingNames(name: String) {
        F.refuses("{\"Devices\": [\(F.device(name, id: "x"))]}", at: "$.Devices[0].ThingArn", saying: "")
    }

    @Test(arguments: ["abc", String(repeating: "a", count: 63), String(repeating: "g", count: 64), ""])
    func certificateIDs(id: String) {
        F.refuses("{\"Devices\": [\(F.device("a", id))]}", at: "$.Devices[0].CertificateArn", saying: "")
    }

    @Test func whatAFileSaysCannotMoveTheCursor() {
        let report = F.read(#"{"a\u001b[2J": 1, "Devices": "\u0007"}"#).report
        #expect(!report.description.utf8.contains(0x1B))
        #expect(report.findings.count == 2)
    }

    @Test func aHostileFileCannotMakeTheReportEndless() {
        let text = "{" + (0..<2000).map { "\"x\($0)\": 1" }.joined(separator: ",") + "}"
        let report = F.read(text).report
        #expect(report.findings.count == Report.limit)
        #expect(report.omitted == 1500)
        #expect(report.isValid)
    }
}
