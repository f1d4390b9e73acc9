import Group
import Testing

@Suite struct SubscriptionReaderTests {
    private typealias F = GroupFixture

    private func group(_ rows: String) -> String {
        """
        {"Cores": [\(F.device("core", String(repeating: "c3", count: 32)))],
         "Devices": [\(F.device("sensor")), \(F.device("light", F.certificateB))], \(F.noContainer),
         "Functions": [\(F.function())], "Subscriptions": [\(rows)]}
        """
    }

    private func row(_ source: String, _ subject: String, _ target: String, id: String = "s") -> String {
        #"{"Id": "\#(id)", "Source": "\#(source)", "Subject": "\#(subject)", "Target": "\#(target)"}"#
    }

    @Test(
        "MSG-04 LIM-01: subjects that are no topic filter are refused",
        arguments: [
            ("", "is empty"), ("a/#/b", "# before its end"), ("a#", "# beside other"), ("#a", "# beside other"),
            ("a/b+", "+ beside other"), ("++", "+ beside other"), (String(repeating: "x", count: 257), "at most 256"),
            ("1/2/3/4/5/6/7/8/9", "has 8 slashes; at most 7"), (#"a\u0000b"#, "U+0000"),
        ])
    func badSubjects(subject: String, words: String) {
        F.refuses(
            group(row(F.thing("sensor"), subject, F.thing("light"))), at: "$.Subscriptions[0].Subject", saying: words)
    }

    @Test(
        "MSG-04 LIM-01: subjects up to the limits are taken",
        arguments: ["#", "+", "/", "+/+/#", "1/2/3/4/5/6/7/8", String(repeating: "x", count: 256), "é/ü", "$aws/#"])
    func goodSubjects(subject: String) {
        let found = F.valid(group(row(F.thing("sensor"), subject, F.thing("light"))))
        #expect(found.subscriptions.first?.subject == Array(subject.utf8))
    }

    @Test("MSG-01: ends that are not in the group are refused, with the nearest that is")
    func unknownEnds() {
        let light = F.thing("light")
        F.refuses(
            group(row(F.thing("sensr"), "t", light)), at: "$.Subscriptions[0].Source",
            saying: "is not a device of this group; did you mean \"\(F.thing("sensor"))\"?")
        F.refuses(
            group(row(light, "t", F.lambda + "Alarm:2")), at: "$.Subscriptions[0].Target",
            saying: "Functions has it as \"\(F.lambda)Alarm:1\"")
        F.refuses(
            group(row(light, "t", F.lambda + "Other:1")), at: "$.Subscriptions[0].Target",
            saying: "is not a function of this group")
        F.refuses(
            group(row(F.thing("core"), "t", light)), at: "$.Subscriptions[0].Source", saying: "but its core")
        F.refuses(
            group(row("Cloud", "t", light)), at: "$.Subscriptions[0].Source", saying: "did you mean \"cloud\"?")
        F.refuses(
            group(row("arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1", "t", light)),
            at: "$.Subscriptions[0].Source", saying: "is not a connector of this group")
        F.refuses(
            group(row(light, "t", F.lambda + "Alarm")), at: "$.Subscriptions[0].Target", saying: "both must agree")
    }

    @Test("MSG-01: cloud and GGShadowService are taken; a core without them says so")
    func servicesOfLaterVersions() {
        let text = group(
            row("cloud", "t", F.thing("light")) + "," + row(F.thing("light"), "t", "GGShadowService", id: "2"))
        let (found, report) = F.read(text)
        #expect(report.isValid)
        #expect(found.subscriptions.map(\.source) == [.cloud, .device("light")])
        #expect(report.warnings.map(\.path) == ["$.Subscriptions[0].Source", "$.Subscriptions[1].Target"])
        #expect(report.warnings.first?.message == "config.json has no coreThing.iotHost, so nothing passes here")
        var rules = GroupRules()
        rules.cloud = true
        rules.shadows = true
        #expect(F.read(text, rules).report.findings.isEmpty)
    }

    @Test("MSG-01: each kind of end is read as a source and as a target: Id, Source, Subject, Target")
    func everyKindOfEnd() {
        let connector = "arn:aws:greengrass:us-west-2::/connectors/SNS/versions/1"
        var rules = GroupRules()
        rules.cloud = true
        rules.shadows = true
        rules.connectors = true
        let ends: [(name: String, end: Endpoint)] = [
            (F.thing("sensor"), .device("sensor")), (F.lambda + "Alarm:1", .function(F.lambda + "Alarm:1")),
            (F.lambda + "Other:prod", .function(F.lambda + "Other:7")), (connector, .connector(connector)),
            ("cloud", .cloud), ("GGShadowService", .shadow), ("arn:aws:lambda:::function:GGShadowService", .shadow),
        ]
        var rows: [String] = []
        var expected: [Subscription] = []
        for source in ends {
            for target in ends {
                let id = "row \(rows.count)"
                rows.append(row(source.name, "t/\(rows.count)", target.name, id: id))
                expected.append(
                    Subscription(
                        id: id, source: source.end, subject: Array("t/\(expected.count)".utf8), target: target.end))
            }
        }
        let found = F.valid(
            """
            {"Devices": [\(F.device("sensor"))], \(F.noContainer),
             "Functions": [\(F.function()), \(F.function("Other:prod", more: #", "Version": 7"#, id: "g"))],
             "Connectors": [{"Id": "c", "ConnectorArn": "\(connector)"}],
             "Subscriptions": [\(rows.joined(separator: ","))]}
            """, rules)
        #expect(found.subscriptions == expected)
    }

    @Test("LIM-01: at most fifty subscriptions have the cloud as their source")
    func cloudSubscriptions() {
        func rows(_ count: Int) -> String {
            (0..<count).map { row("cloud", "t\($0)", F.thing("light"), id: "\($0)") }.joined(separator: ",")
        }
        #expect(F.read(group(rows(50))).report.isValid)
        F.refuses(group(rows(51)), at: "$.Subscriptions", saying: "at most 50")
    }

    @Test func aRowThatSaysNothingNewIsAWarning() {
        let text = group(row("cloud", "t", F.thing("light")) + "," + row("cloud", "t", F.thing("light"), id: "2"))
        let report = F.read(text).report
        #expect(report.isValid)
        #expect(report.warnings.last?.message.contains("says the same as $.Subscriptions[0]") == true)
    }

    @Test("LAM-22: an alias stands for the version the function names, in subscriptions too")
    func aliases() {
        let text = """
            {"Devices": [\(F.device("sensor"))], \(F.noContainer),
             "Functions": [\(F.function("Alarm:prod", more: #", "Version": 7"#))],
             "Subscriptions": [\(row(F.thing("sensor"), "t", F.lambda + "Alarm:prod")),
                               \(row(F.lambda + "Alarm:7", "u", F.thing("sensor"), id: "2"))]}
            """
        let found = F.valid(text)
        #expect(found.functions.first?.arn == F.lambda + "Alarm:7")
        #expect(found.functions.first?.aliasARN == F.lambda + "Alarm:prod")
        #expect(found.subscriptions[0].target == .function(F.lambda + "Alarm:7"))
        #expect(found.subscriptions[1].source == .function(F.lambda + "Alarm:7"))
    }
}
