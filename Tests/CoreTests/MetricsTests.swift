import JSON
import Testing

@testable import Core

/// The text exposition format 0.0.4, read as strictly as its specification has it.
struct Exposition {
    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
    }

    struct Flaw: Error {
        let line: String
    }

    private(set) var types: [String: String] = [:]
    private(set) var helps: Set<String> = []
    private(set) var samples: [Sample: Double] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Flaw(line: "no line feed at the end") }
        var family = ""
        var closed: Set<String> = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) {
            func check(_ condition: Bool) throws { if !condition { throw Flaw(line: line) } }
            if line.hasPrefix("# HELP ") {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                try check(words.count == 4 && Self.isName(words[2]) && helps.insert(words[2]).inserted)
                closed.insert(family)
                family = words[2]
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ").map(String.init)
                try check(words.count == 4 && ["counter", "gauge"].contains(words[3]) && words[2] == family)
                try check(types.updateValue(words[3], forKey: family) == nil)
            } else {
                let (sample, value) = try Self.sample(line)
                // All samples of a family stand together, after its HELP and TYPE.
                try check(sample.name == family && types[family] != nil && !closed.contains(family))
                try check(samples.updateValue(value, forKey: sample) == nil)
            }
        }
    }

    private static func isName(_ name: String) -> Bool {
        name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil
    }

    private static func sample(_ line: String) throws -> (Sample, Double) {
        guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (\S+)/),
            let value = Double(match.4)
        else { throw Flaw(line: line) }
        var labels: [String: String] = [:]
        var rest = Substring(match.3 ?? "")
        while !rest.isEmpty {
            guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,(?=[a-z])|$)/)
            else { throw Flaw(line: line) }
            let text = String(label.2).replacing(/\\(.)/) { $0.1 == "n" ? "\n" : String($0.1) }
            guard labels.updateValue(text, forKey: String(label.1)) == nil else { throw Flaw(line: line) }
            rest = rest[label.range.upperBound...]
        }
        return (Sample(name: String(match.1), labels: labels), value)
    }
}

@Suite struct MetricsTests {
    private func read(_ status: JSON) throws -> Exposition {
        try Exposition(String(decoding: Metrics(status).text, as: UTF8.self))
    }

    @Test("H-20: the metrics are Prometheus's text format: families with HELP and TYPE, counters with _total")
    func format() throws {
        let metrics = try read(StatusTextTests.status())
        #expect(metrics.types.allSatisfy { ($0.value == "counter") == $0.key.hasSuffix("_total") })
        #expect(metrics.types.keys.allSatisfy { $0.hasPrefix("perennial_") })
        #expect(Set(metrics.types.keys) == metrics.helps)
        let lost = Exposition.Sample(name: "perennial_messages_dropped_total", labels: ["reason": "not_connected"])
        #expect(metrics.samples[lost] == 3)
        let row = Exposition.Sample(name: "perennial_subscription_lost_total", labels: ["subscription": "row-1"])
        #expect(metrics.samples[row] == 3)
        let device = Exposition.Sample(name: "perennial_device_connected", labels: ["device": "device-1"])
        #expect(metrics.samples[device] == 0)
    }

    @Test("H-20: quotes, backslashes and line feeds in a label come back as they were")
    func escaping() throws {
        let metrics = try read(StatusTextTests.status())
        let info = try #require(metrics.samples.keys.first { $0.name == "perennial_info" })
        #expect(info.labels["thing"] == "core\"\\\n")
    }

    @Test("H-20: no topic and no address becomes a label, and a large group has a bounded number of series")
    func bounded() throws {
        let small = String(decoding: Metrics(StatusTextTests.status()).text, as: UTF8.self)
        #expect(!small.contains("x/") && !small.contains("192.168"))
        let large = try read(StatusTextTests.status(devices: 2500, rows: 10_000))
        #expect(large.samples.count < 3000)
        #expect(large.samples[.init(name: "perennial_devices_left_out", labels: [:])] == 2300)
        #expect(large.samples[.init(name: "perennial_subscriptions_left_out", labels: [:])] == 10_000)
    }
}
