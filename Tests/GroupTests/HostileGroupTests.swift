import Testing

@testable import Group

/// A group file from somewhere: whatever is in it, reading ends, soon, with a report.
@Suite struct HostileGroupTests {
    private typealias F = GroupFixture

    private var whole: String {
        """
        {"Cores": [\(F.device("core"))], "Devices": [\(F.device("sensor", F.certificateB))], \(F.noContainer),
         "Functions": [\(F.function(configuration: #"{"Timeout": 3, "Environment": {"Variables": {"A": "b"}}}"#))],
         "Resources": [{"Id": "r", "Name": "n", "ResourceDataContainer": {"LocalVolumeResourceData":
           {"SourcePath": "/src/data", "DestinationPath": "/data", "GroupOwnerSetting": {"GroupOwner": "dialout"}}}}],
         "Loggers": [{"Id": "1", "Type": "FileSystem", "Component": "Lambda", "Level": "WARN", "Space": 256}],
         "Subscriptions": [{"Id": "1", "Source": "\(F.thing("sensor"))", "Subject": "t/+/#", "Target": "cloud"}]}
        """
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func changedBytesAreReadOrReported(seed: UInt64) {
        var random = SplitMix(state: seed)
        let original = Array(whole.utf8)
        let pieces = [
            "null", "{}", "[]", "\"\"", "-1", "1e99", "true", ":", "arn:aws:lambda:::function:", "\\u0000", "#",
        ]
        for _ in 0..<100 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default:
                    let end = min(bytes.count, place + Int.random(in: 0...12, using: &random))
                    bytes.replaceSubrange(
                        place..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8)
                }
            }
            let (group, report) = GroupDefinition.read(bytes, rules: GroupRules())
            // What is valid holds what the rest of the core relies on.
            guard report.isValid else { continue }
            for device in group.devices {
                #expect(device.certificateID.utf8.count == 64 && !device.thingName.contains("/"))
            }
            for function in group.functions { #expect(FunctionARN(function.arn)?.isVersion == true) }
            for row in group.subscriptions { #expect(TopicFilter.problem(row.subject) == nil) }
        }
    }

    @Test func thousandsOfMistakesDoNotTakeLong() {
        let devices = (0..<500).map {
            F.device("d\($0)", String(repeating: "0", count: 60) + String($0 + 10_000).suffix(4), id: "\($0)")
        }
        let rows = (0..<2_000).map {
            #"{"Id": "\#($0)", "Source": "\#(F.thing("x\($0)"))", "Subject": "t", "Target": "y\#($0)"}"#
        }
        let text =
            "{\"Devices\": [\(devices.joined(separator: ","))], \"Subscriptions\": [\(rows.joined(separator: ","))]}"
        let report = F.read(text).report
        #expect(report.violationCount == 4_000)
        #expect(report.findings.count == Report.limit)
        // The first ones are told with their lines.
        #expect(report.findings.first?.position != nil)
    }
}
