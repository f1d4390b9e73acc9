import Testing

@testable import JSON

@Suite("Reading configuration from JSON")
struct NodeTests {
    let document: JSONDocument

    init() throws {
        let text = """
            {
                "coreThing": {
                    "keepAlive": "600",
                    "thingName": "core",
                    "ggMqttPort": 99999,
                    "keepalive": 1
                },
                "list": [1, "two", {"a b": true}],
                "text": "x"
            }
            """
        document = try JSONDocument(Array(text.utf8), maximumBytes: 10_000)
    }

    func message<Value>(_ read: () throws(JSONMismatch) -> Value) -> String {
        do {
            _ = try read()
            return "read"
        } catch {
            return error.description
        }
    }

    @Test("a mismatch names path, expectation and what is there")
    func mismatches() throws {
        let core = document.root["coreThing"]
        #expect(try core["thingName"].string() == "core")
        #expect(
            message { () throws(JSONMismatch) in try core["ggMqttPort"].integer(in: 1024...65535) }
                == "$.coreThing.ggMqttPort: expected a whole number from 1024 to 65535, found 99999")
        #expect(
            message { () throws(JSONMismatch) in try core["keepAlive"].integer(in: 30...1200) }
                == "$.coreThing.keepAlive: expected a whole number from 30 to 1200, found \"600\"")
        #expect(
            message { () throws(JSONMismatch) in try core["iotHost"].string() }
                == "$.coreThing.iotHost: expected a text, found nothing")
        #expect(
            message { () throws(JSONMismatch) in try document.root["text"]["deep"]["deeper"].boolean() }
                == "$.text: expected an object, found a text")
        #expect(
            message { () throws(JSONMismatch) in try document.root["list"][2]["a b"].string(oneOf: ["yes", "no"]) }
                == "$.list[2][\"a b\"]: expected one of \"yes\", \"no\", found true")
        #expect(
            message { () throws(JSONMismatch) in try document.root["text"]["deep"].integerIfPresent() }
                == "$.text: expected an object, found a text")
    }

    @Test("optional reads give nil for what is absent and still refuse another kind")
    func optionals() throws {
        #expect(try document.root["nothing"]["at"]["all"].integerIfPresent() == nil)
        #expect(try document.root["nothing"].arrayIfPresent().isEmpty)
        #expect(try document.root["list"].arrayIfPresent().count == 3)
        #expect(throws: JSONMismatch.self) { try document.root["list"].stringIfPresent() }
    }

    @Test("an unknown key is named with the one that was probably meant")
    func unknownKeys() {
        let unknown = document.root["coreThing"].unknownKeys(known: ["keepAlive", "thingName", "ggMqttPort"])
        #expect(
            unknown.map(\.description)
                == ["$.coreThing.keepalive: unknown key, it has no effect; did you mean \"keepAlive\"?"])
        let distant = document.root.unknownKeys(known: ["coreThing", "text"])
        #expect(distant.map(\.description) == ["$.list: unknown key, it has no effect"])
    }

    @Test("the place of a value is found from its path")
    func positions() throws {
        func place(_ steps: JSONPath.Step...) -> String { document.position(of: JSONPath(steps: steps)).description }
        #expect(place() == "line 1, column 1")
        #expect(place(.key("coreThing"), .key("ggMqttPort")) == "line 5, column 9")
        #expect(place(.key("list"), .index(2), .key("a b")) == "line 8, column 25")
        #expect(place(.key("list"), .index(1)) == "line 8, column 17")
        #expect(place(.key("coreThing"), .key("missing")) == "line 2, column 5")
        #expect(place(.key("text"), .key("missing")) == "line 9, column 5")
    }

    @Test("findings collect everything that is wrong")
    func findings() {
        let findings = JSONFindings()
        let core = document.root["coreThing"]
        #expect(findings.take { () throws(JSONMismatch) in try core["thingName"].string() } == "core")
        #expect(findings.take { () throws(JSONMismatch) in try core["keepAlive"].integer() } == nil)
        #expect(findings.take { () throws(JSONMismatch) in try core["missing"].boolean() } == nil)
        findings.warnOfUnknownKeys(in: core, known: ["thingName", "ggMqttPort", "keepAlive"])
        #expect(findings.errors.count == 2)
        #expect(findings.warnings.map(\.key) == ["keepalive"])
        for _ in 0..<200 { findings.add(core.mismatch("nothing")) }
        #expect(findings.errors.count == JSONFindings.maximumKept)
        #expect(findings.dropped == 102)
    }

    @Test("the nearest name allows for typing mistakes, not for other words")
    func nearest() {
        let known = ["keepAlive", "thingName", "thingArn", "iotHost", "ggHost"]
        #expect(NearestName.find("keepAliev", among: known) == "keepAlive")
        #expect(NearestName.find("THINGNAME", among: known) == "thingName")
        #expect(NearestName.find("iothosts", among: known) == "iotHost")
        #expect(NearestName.find("runtime", among: known) == nil)
        #expect(NearestName.find(String(repeating: "a", count: 1000), among: known) == nil)
    }
}
