import Bytes
import Foundation
import Group
import Linux
import Messaging
import Testing

@testable import Functions

/// What the endpoint answers beside the way of an invocation, and what it refuses.
@Suite("The local endpoint: refusals, services, bounds")
struct EndpointEdgeTests {
    let launcher = FakeLauncher()
    let harness: ServiceHarness
    let alarm = ServiceHarness.arns[0]
    let echo = ServiceHarness.arns[1]
    let functions = "/2016-11-01/functions/"
    /// Of worker 1, the pinned Alarm.
    let token: String

    init() throws {
        harness = try ServiceHarness(launcher: launcher)
        try harness.service.start()
        token = launcher.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN", of: 1)
    }

    @Test("Percent-encoded ARNs, and a function named without its version, are understood")
    func encodedARN() throws {
        let client = try harness.client()
        let encoded = echo.replacingOccurrences(of: ":", with: "%3A")
        let headers = ["Authorization": token, "X-Amz-Invocation-Type": "Event"]
        #expect(try client.request("POST", functions + encoded, headers, body: "1")?.status == 202)
        #expect(try client.request("POST", functions + String(echo.dropLast(2)), headers, body: "1")?.status == 202)
        #expect(harness.service.status()[1].counters.invocations == 2)
    }

    @Test("No token is 401, a wrong one 403, another function's work 403")
    func scope() throws {
        let client = try harness.client()
        #expect(try client.request("GET", functions + alarm + "/work")?.status == 401)
        #expect(try client.request("GET", functions + alarm + "/work", ["Authorization": "Basic AAAA"])?.status == 403)
        let other = try #require(try client.request("GET", functions + echo + "/work", ["Authorization": token]))
        #expect(other.status == 403)
        #expect(other.reason == "The token belongs to a worker of \(alarm), not of \(echo).")
        #expect(
            try client.request("PUT", functions + echo + "/initialized", ["Authorization": token], body: "{}")?.status
                == 403)
    }

    @Test("What does not exist is 404 with a sentence, in the reason too, which is all that SDKs show")
    func unknown() throws {
        let client = try harness.client()
        let authorized = ["Authorization": token]
        let function = try #require(
            try client.request("POST", functions + alarm.dropLast() + "9", authorized, body: ""))
        #expect(function.status == 404 && function.reason.hasPrefix("The group has no function arn:aws:lambda"))
        let service = try #require(
            try client.request(
                "POST", functions + "arn:aws:lambda:::function:GGSecretManager:1", authorized, body: "{}"))
        #expect(service.status == 404 && service.body.contains("This core has no service"))
        let id = InvocationID.random().text
        #expect(
            try client.request("GET", functions + echo, ["Authorization": token, "X-Amz-InvocationId": id])?.status
                == 404)
        #expect(try client.request("GET", functions + echo, authorized)?.status == 400)
        #expect(try client.request("GET", "/2016-11-01/nothing", authorized)?.status == 404)
        #expect(try client.request("DELETE", functions + echo, authorized)?.status == 405)
        #expect(
            try client.request(
                "POST", functions + echo, ["Authorization": token, "X-Amz-Invocation-Type": "DryRun"], body: "")?.status
                == 400)
    }

    @Test("A core without a cloud has no credentials and says so")
    func credentials() throws {
        let client = try harness.client()
        let path = "/2016-11-01/credentialprovider/"
        #expect(try client.request("GET", path, ["Authorization": token])?.status == 404)
        #expect(try client.request("GET", path)?.status == 401)
        #expect(try client.request("GET", path + "x", ["Authorization": token])?.status == 400)
    }

    @Test("A service of the core is reached by its ARN")
    func systemFunction() throws {
        final class Shadow: SystemFunction {
            func invoke(_ call: SystemCall, reply: @escaping (FunctionResult) -> Void) {
                reply(FunctionResult(payload: Array("{\"caller\":\"\(call.caller)\"}".utf8)))
            }
        }
        harness.service.register(Shadow(), arn: SystemARN.shadow)
        let client = try harness.client()
        let posted = try client.request("POST", functions + SystemARN.shadow, ["Authorization": token], body: "")
        let id = try #require(posted?.headers["x-amz-invocationid"])
        let result = try client.request(
            "GET", functions + SystemARN.shadow, ["Authorization": token, "X-Amz-InvocationId": id])
        #expect(result?.body == "{\"caller\":\"\(alarm)\"}" && result?.headers["x-amz-function-error"] == "")
    }

    @Test("LOG-06: the six pipes of a worker become lines with their levels in the function's log")
    func logs() throws {
        let pipes = launcher.launches[0].logs
        for (index, text) in ["info\n", "error\n", "debug\n", "warn\n", "fatal\n", "trace\n"].enumerated() {
            try IO.writeAll(pipes[index], Array("a.py:\(index),\(text)".utf8), step: "write")
        }
        try IO.writeAll(pipes[0], Array("no end".utf8), step: "write")
        for _ in 0..<10 { try harness.reactor.turn(waiting: false) }
        let log = try harness.functionLog("Alarm")
        for line in [
            "[INFO]-a.py:0,info", "[ERROR]-a.py:1,error", "[DEBUG]-a.py:2,debug", "[WARN]-a.py:3,warn",
            "[FATAL]-a.py:4,fatal", "[DEBUG]-a.py:5,trace",
        ] {
            #expect(log.contains(line + "\n"), "\(line)")
        }
        #expect(!log.contains("no end"))
        harness.service.workerExited(1, exitCode: 0, signal: nil)
        #expect(try harness.functionLog("Alarm").contains("[INFO]-no end\n"))
    }

    @Test("The log endpoint of V1.0 writes to the caller's log; nothing to log is 400")
    func legacyLog() throws {
        let client = try harness.client()
        let body =
            #"{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"[WARNING]-x.py:1,old"}]}"#
        #expect(
            try client.request("POST", "/2016-11-01/cloudwatch/logs/", ["Authorization": token], body: body)?.status
                == 200)
        #expect(try harness.functionLog("Alarm").contains("[WARN]-x.py:1,old\n"))
        #expect(
            try client.request(
                "POST", "/2016-11-01/cloudwatch/logs/", ["Authorization": token], body: #"{"logEvents":[]}"#)?.status
                == 400)
    }

    @Test("A function that reports that it failed to initialise is said in the log")
    func initialized() throws {
        let client = try harness.client()
        let body = #"{"Success":false,"Response":"ValueError(\"no port\")"}"#
        #expect(
            try client.request("PUT", functions + alarm + "/initialized", ["Authorization": token], body: body)?.status
                == 200)
        #expect(try harness.systemLog().contains(#"failed to initialize: ValueError("no port")"#))
    }

    @Test("Chunked bodies, Expect: 100-continue, pipelining and Connection: close work")
    func http() throws {
        let client = try harness.client()
        let head =
            "POST \(functions)\(echo) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(token)\r\nX-Amz-Invocation-Type: Event\r\n"
        try client.send(
            head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + head + "Content-Length: 0\r\n\r\n")
        #expect(try client.response()?.status == 202)
        #expect(try client.response()?.status == 202)
        try client.send(head + "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.response()?.status == 100)
        try client.send("x")
        #expect(try client.response()?.status == 202)
        try client.send(head + "Content-Length: 1\r\nConnection: close\r\n\r\nx")
        #expect(try client.response()?.status == 202)
        #expect(try client.closes())
    }

    @Test("A request that is not HTTP is answered with 400 and the end of the connection")
    func nonsense() throws {
        let client = try harness.client()
        try client.send("nonsense\r\n\r\n")
        #expect(try client.response()?.status == 400)
    }

    @Test("A waiting worker whose connection breaks loses no work")
    func brokenPoll() throws {
        let client = try harness.client()
        try client.send("GET", functions + alarm + "/work", ["Authorization": token])
        #expect(try client.hearsNothing())
        client.finish()
        #expect(try client.closes())
        harness.router.publish(
            Message(topic: Array("in/0".utf8), payload: Array("kept".utf8), source: .device("screen")))
        let second = try harness.client()
        #expect(try second.request("GET", functions + alarm + "/work", ["Authorization": token])?.body == "kept")
    }

    @Test("A worker has at most 32 connections; a stranger's connections give way to new ones")
    func connections() throws {
        var clients: [TestClient] = []
        for _ in 0..<32 {
            let client = try harness.client()
            #expect(try publish(client, "out/x", "1")?.status == 202)
            clients.append(client)
        }
        let more = try harness.client()
        #expect(try publish(more, "out/x", "1")?.status == 429)
        #expect(try more.closes())
        var strangers: [TestClient] = []
        for _ in 0..<70 {
            strangers.append(try harness.client())
            try harness.reactor.turn(waiting: false)
        }
        #expect(try strangers[0].closes())
        #expect(try strangers[69].hearsNothing())
        #expect(try publish(clients[0], "out/x", "1")?.status == 202)
    }

    @Test("Stopping tells the workers, waits for them, and closes the endpoint")
    func stops() throws {
        var isStopped = false
        harness.service.stop { isStopped = true }
        #expect(launcher.signals.map(\.signal) == [15] && !isStopped)
        harness.service.workerExited(1, exitCode: 0, signal: nil)
        #expect(isStopped)
        #expect(throws: SystemError.self) { _ = try harness.client() }
    }

    private func publish(_ client: TestClient, _ topic: String, _ payload: String) throws -> TestClient.Response? {
        let context = Base64.encode(Array(#"{"custom":{"subject":"\#(topic)"}}"#.utf8)).text
        return try client.request(
            "POST", functions + SystemARN.router,
            ["Authorization": token, "X-Amz-Invocation-Type": "Event", "X-Amz-Client-Context": context], body: payload)
    }
}
