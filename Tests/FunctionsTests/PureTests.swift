import Bytes
import HTTP
import Log
import Testing

@testable import Functions

@Suite("Small parts of the function service")
struct PureTests {
    @Test("An invocation ID is written and read as a UUID, and nothing else is one")
    func invocationID() throws {
        let id = InvocationID(high: 0x3bc3_43db_7dc9_4a88, low: 0x6cde_f9f5_68b5_2c35)
        #expect(id.text == "3bc343db-7dc9-4a88-6cde-f9f568b52c35")
        #expect(InvocationID(id.bytes) == id)
        #expect(InvocationID(Array("3BC343DB-7DC9-4A88-6CDE-F9F568B52C35".utf8)) == id)
        for wrong in [
            "", "3bc343db-7dc9-4a88-6cde-f9f568b52c3", "3bc343db77dc9-4a88-6cde-f9f568b52c35",
            "3bc343db-7dc9-4a88-6cde-f9f568b52cxy",
        ] {
            #expect(InvocationID(Array(wrong.utf8)) == nil)
        }
        #expect(InvocationID.random() != InvocationID.random())
    }

    @Test("A token names its worker; any other text names none")
    func tokens() {
        var tokens = WorkerTokens()
        let first = tokens.issue(1)
        let second = tokens.issue(0x0102_0304)
        #expect(first.starts(with: "Basic "))
        #expect(tokens.worker(of: first) == 1)
        #expect(tokens.worker(of: second) == 0x0102_0304)
        var forged = second
        forged[forged.count - 1] = forged[forged.count - 1] == 0x41 ? 0x42 : 0x41
        #expect(tokens.worker(of: forged) == nil)
        for wrong in ["", "Basic ", "Basic AAAA", "basic x", "Bearer \(second.text.dropFirst(6))"] {
            #expect(tokens.worker(of: Array(wrong.utf8)) == nil)
        }
        tokens.revoke(1)
        #expect(tokens.worker(of: first) == nil)
    }

    @Test("Lines are cut from a stream in whatever pieces it comes; a long one loses its end and says so")
    func lines() {
        var lines: [String] = []
        var splitter = LineSplitter()
        func feed(_ text: String) {
            Array(text.utf8).withUnsafeBytes { splitter.feed($0) { lines.append($0.text) } }
        }
        feed("one\ntw")
        feed("o\r\n\nthr")
        #expect(lines == ["one", "two", ""])
        splitter.flush { lines.append($0.text) }
        #expect(lines.last == "thr")
        feed(String(repeating: "x", count: LineSplitter.longestLine + 7) + "\n")
        #expect(lines.last?.hasSuffix("xx … (7 more bytes)") == true)
        splitter.flush { _ in Issue.record("nothing is left") }
    }

    @Test("A worker may log in bursts, and over time no faster than the rate")
    func budget() {
        var budget = LogBudget(at: 0)
        budget.spend(bytes: Int(LogBudget.burst), lines: 0)
        var allowed = budget.allows(at: 0)
        #expect(!allowed)
        allowed = budget.allows(at: budget.pause)
        #expect(allowed)
        // A second gives as much as the rate, within the burst.
        budget.spend(bytes: Int(LogBudget.burst), lines: 0)
        allowed = budget.allows(at: 2_000_000_000)
        #expect(allowed)
        budget.spend(bytes: Int(LogBudget.burst) - 1, lines: 0)
        allowed = budget.allows(at: 2_000_000_000)
        #expect(allowed)
        budget.spend(bytes: 1, lines: 1)
        allowed = budget.allows(at: 2_000_000_000)
        #expect(!allowed)
    }

    @Test(
        "Execution arguments are split at white space, quotes keep together",
        arguments: [
            ("", []), ("  ", []), ("a b\tc", ["a", "b", "c"]), ("--x='a b' \"c d\"", ["--x=a b", "c d"]),
            ("a\\ b '' 'it\\n'", ["a b", "", "it\\n"]), ("\"a\\\"b\"", ["a\"b"]),
        ])
    func arguments(_ text: String, _ expected: [String]) {
        #expect(ArgumentSplitter.split(text) == expected)
    }

    @Test("The log endpoint of V1.0 gives level and text; a request without events gives nothing")
    func legacyLog() throws {
        let body =
            #"{"logGroupName":"/Lambda/r/a/n","logStreamName":"fromPythonAppender","logEvents":"#
            + #"[{"timestamp":1,"message":"[WARNING]-a.py:3,careful"},{"timestamp":2,"message":"bare"},"#
            + #"{"timestamp":3,"message":"[CRITICAL]-a.py:4,end\n"}]}"#
        let lines = try #require(LegacyLog.lines(Array(body.utf8)))
        #expect(lines.map(\.level) == [.warn, .info, .fatal])
        #expect(lines.map(\.message.text) == ["a.py:3,careful", "bare", "a.py:4,end"])
        for wrong in ["", "{}", #"{"logEvents":[]}"#, #"{"logEvents":[{"timestamp":1}]}"#, "[]"] {
            #expect(LegacyLog.lines(Array(wrong.utf8)) == nil)
        }
    }

    @Test("SDK-04: the topic of a publish is custom.subject of the client context, whatever else is in it")
    func clientContext() throws {
        func subject(_ json: String) throws -> String {
            try ClientContext.publish(Base64.encode(Array(json.utf8))).topic.text
        }
        #expect(try subject(#"{"custom":{"source":"arn","subject":"hello/world"}}"#) == "hello/world")
        #expect(try subject(#"{"custom": {"subject": "a\u00e9/b", "queueFullPolicy": "AllOrError"}}"#) == "aé/b")
        for wrong in ["", "{}", #"{"custom":{}}"#, #"{"custom":{"subject":5}}"#, #"{"custom":[]}"#, "nonsense"] {
            #expect(throws: ClientContext.Flaw.self) { try subject(wrong) }
        }
        #expect(throws: ClientContext.Flaw.self) { try ClientContext.publish(Array("*".utf8)) }
        let context = try #require(Base64.decode(ClientContext.forMessage(topic: Array("a\"b".utf8))))
        #expect(context.text == #"{"custom":{"subject":"a\"b"}}"#)
    }

    @Test("Every path of the endpoint is known, with and without a slash at its end")
    func routes() throws {
        let arn = "arn:aws:lambda:us-west-2:123456789012:function:Echo:1"
        func route(_ method: HTTPMethod, _ path: String) throws -> IPCRoute {
            try IPCRoute.parse(method: method, path: Array("/2016-11-01/\(path)".utf8))
        }
        #expect(try route(.post, "functions/\(arn)") == .invoke(arn: arn))
        #expect(try route(.get, "functions/\(arn)") == .result(arn: arn))
        #expect(try route(.get, "functions/\(arn)/") == .result(arn: arn))
        #expect(try route(.get, "functions/\(arn)/work") == .work(arn: arn))
        #expect(try route(.post, "functions/\(arn)/work") == .postResult(arn: arn))
        #expect(try route(.put, "functions/\(arn)/initialized") == .initialized(arn: arn))
        #expect(try route(.post, "functions/\(SystemARN.router)") == .invoke(arn: SystemARN.router))
        #expect(try route(.get, "credentialprovider/") == .credentials)
        #expect(try route(.get, "credentialprovider") == .credentials)
        #expect(try route(.post, "cloudwatch/logs/") == .log)
        #expect(try route(.get, "health/workers") == .health)
        #expect(try route(.post, "health/workers") == .healthOf)
        #expect(throws: IPCRoute.Flaw.belowCredentials) { try route(.get, "credentialprovider/x") }
        #expect(throws: IPCRoute.Flaw.wrongMethod) { try route(.delete, "functions/\(arn)") }
        #expect(throws: IPCRoute.Flaw.wrongMethod) { try route(.get, "functions/\(arn)/initialized") }
        for wrong in [
            "functions/", "functions/Echo", "functions/\(arn)/other", "functions/\(arn)/work/x", "functions/arn:a b",
            "x", "functions/arn:\(String(repeating: "x", count: 400))",
        ] {
            #expect(throws: IPCRoute.Flaw.unknownPath) { try route(.get, wrong) }
        }
    }
}
