import Group
import JSON
import Testing

@testable import Core

@Suite struct TraceTests {
    private let function = "arn:aws:lambda:us-west-2:123456789012:function:Summary:1"

    private var group: GroupDefinition {
        var group = GroupDefinition()
        for name in ["sensor", "display", "Summary"] {
            group.devices.append(
                DeviceDefinition(
                    id: name, thingName: name, thingARN: "arn:aws:iot:us-west-2:123456789012:thing/\(name)",
                    certificateARN: "", certificateID: ""))
        }
        group.devices.removeLast()
        group.functions = [
            FunctionDefinition(
                id: "f", arn: function, runtime: Runtime(family: .python, version: "3.7"), handler: "f.f")
        ]
        let rows: [(Endpoint, String, Endpoint)] = [
            (.device("sensor"), "sensor/#", .device("display")), (.device("sensor"), "sensor/+", .function(function)),
            (.function(function), "sensor/summary", .device("display")), (.cloud, "sensor/a", .device("sensor")),
            (.device("sensor"), "Sensor/a", .cloud), (.device("sensor"), "sensor/a", .device("display")),
        ]
        group.subscriptions = rows.enumerated().map {
            Subscription(
                id: "s\($0.offset)", source: $0.element.0, subject: Array($0.element.1.utf8), target: $0.element.2)
        }
        return group
    }

    private func trace(
        _ topic: String, from: String?, connected: Set<String>? = nil, subscribed: Set<String> = []
    ) -> JSON {
        let facts = connected.map { connected in
            Trace.Facts(
                hasReceiver: { $0 != .cloud }, isConnected: { connected.contains($0) },
                hasSubscribed: { name, _ in subscribed.contains(name) })
        }
        return Trace(group: group, deployment: "7", problem: "", facts: facts).answer(topic: topic, from: from)
    }

    private func rows(_ answer: JSON, _ key: String, source: Int = 0) -> [JSON] {
        answer["sources"]?.arrayValue?[source][key]?.arrayValue ?? []
    }

    private func ids(_ rows: [JSON]) -> [String] { rows.map { $0["id"]?.stringValue ?? "" } }

    @Test("H-20: trace names the subscriptions that carry a message, and why the others do not")
    func carried() {
        let answer = trace("sensor/a", from: "sensor")
        #expect(ids(rows(answer, "carriedBy")) == ["s0", "s1", "s5"])
        #expect(rows(answer, "carriedBy").allSatisfy { $0["arrives"]?.isNull == true })
        let misses = rows(answer, "nearMisses")
        #expect(ids(misses) == ["s3", "s4"])
        #expect(misses.first?["reason"]?.stringValue == "source")
        #expect(misses.first?["explanation"]?.stringValue?.contains("from cloud only") == true)
        #expect(misses.last?["explanation"]?.stringValue?.contains("upper and lower case differ") == true)
        #expect(TraceText(answer).arrives)
    }

    @Test("H-20 DX-03: trace tells V1's rule for a # and what subject would do")
    func remainder() {
        let answer = trace("sensor", from: "sensor")
        #expect(rows(answer, "carriedBy").isEmpty)
        let miss = rows(answer, "nearMisses").first { $0["id"]?.stringValue == "s0" }
        #expect(miss?["reason"]?.stringValue == "remainderIsEmpty")
        #expect(miss?["explanation"]?.stringValue?.contains("one or more levels") == true)
        #expect(!TraceText(answer).arrives)
    }

    @Test("H-20: a running core adds whether the target is connected and has subscribed")
    func live() {
        let lost = trace("sensor/a", from: "sensor", connected: ["sensor"])
        #expect(rows(lost, "carriedBy").map { $0["arrives"]?.booleanValue } == [false, true, false])
        let unwanted = trace("sensor/summary", from: "Summary", connected: ["display"])
        #expect(rows(unwanted, "carriedBy").first?["explanation"]?.stringValue?.contains("not subscribed") == true)
        #expect(!TraceText(unwanted).arrives)
        let arrived = trace("sensor/summary", from: "Summary:1", connected: ["display"], subscribed: ["display"])
        #expect(rows(arrived, "carriedBy").first?["arrives"]?.booleanValue == true)
        let kept = trace("sensor/summary", from: "Summary", connected: [], subscribed: ["display"])
        #expect(rows(kept, "carriedBy").first?["arrives"]?.isNull == true)
        let cloud = trace("Sensor/a", from: "sensor", connected: [])
        #expect(
            rows(cloud, "carriedBy").first?["explanation"]?.stringValue?.contains("no connection to a cloud") == true)
    }

    @Test("H-20: without a source, trace answers for every end of the group")
    func everySource() {
        let answer = trace("sensor/summary", from: nil)
        let sources = answer["sources"]?.arrayValue?.map { $0["source"]?.stringValue } ?? []
        #expect(
            sources == ["device sensor", "device display", "function \(function)", "cloud", "GGShadowService"])
        #expect(ids(rows(answer, "carriedBy", source: 2)) == ["s2"])
        let text = TraceText(answer).lines.joined(separator: "\n")
        #expect(text.contains("Nothing carries it from device display, cloud, GGShadowService"))
        #expect(text.contains("From function Summary:1:"))
    }

    @Test("H-20 MSG-15: a question without an answer is told with what is wrong")
    func questions() {
        #expect(trace("sensor/#", from: nil)["error"]?.stringValue?.contains("wildcard") == true)
        #expect(trace("", from: nil)["errorOf"]?.stringValue == "question")
        let misspelt = trace("a", from: "sensro")
        #expect(misspelt["error"]?.stringValue?.contains("Did you mean \"sensor\"?") == true)
        #expect(trace("a/b/c/d/e/f/g/h/i", from: nil)["topicProblem"]?.stringValue?.contains("8 slashes") == true)
        #expect(!TraceText(trace(String(repeating: "x", count: 257), from: nil)).arrives)
        let broken = Trace(group: GroupDefinition(), deployment: "7", problem: "It is damaged.", facts: nil)
        #expect(broken.answer(topic: "a", from: nil)["errorOf"]?.stringValue == "core")
    }

    @Test("H-20: a name that is a device's and a function's is asked back")
    func ambiguous() {
        var group = group
        group.devices[0].thingName = "Summary"
        let answer = Trace(group: group, deployment: nil).answer(topic: "a", from: "Summary")
        #expect(answer["error"]?.stringValue?.contains("give the ARN") == true)
        #expect(Trace(group: group, deployment: nil).answer(topic: "a", from: function)["error"] == nil)
    }

    @Test("H-20: what a terminal would act on does not get there, and no line is longer than the terminal")
    func printed() {
        let lines = TraceText(trace("sensor/\u{1B}[2J\u{9B}x", from: nil), width: 60).lines
        #expect(lines.allSatisfy { line in !line.utf8.contains { $0 < 0x20 } })
        #expect(!lines.joined().unicodeScalars.contains { $0.value == 0x9B })
        #expect(lines.allSatisfy { $0.count <= 60 || !$0.dropFirst(6).contains(" ") })
    }
}
