import Bytes
import Foundation
import Group
import Linux
import Messaging
import Testing

@testable import Functions

/// The wire of docs/function-protocol.md over real sockets; the test plays the workers.
@Suite("The local endpoint")
struct EndpointTests {
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

    private func context(_ json: String) -> String { Base64.encode(Array(json.utf8)).text }

    private func publish(_ client: TestClient, _ topic: String, _ payload: String?, type: String = "Event") throws
        -> TestClient.Response?
    {
        try client.request(
            "POST", functions + "arn:aws:lambda:::function:GGRouter",
            [
                "Authorization": token, "X-Amz-Invocation-Type": type,
                "X-Amz-Client-Context": context(#"{"custom":{"source":"someone else","subject":"\#(topic)"}}"#),
            ], body: payload)
    }

    @Test("The pinned function is started with the environment that leads it here")
    func environment() {
        #expect(launcher.launches.map(\.worker) == [1])
        #expect(launcher.environment("MY_FUNCTION_ARN", of: 1) == alarm)
        #expect(launcher.environment("GG_DAEMON_PORT", of: 1) == String(harness.service.port))
        #expect(launcher.environment("IPC_SOCK_FILE", of: 1) == harness.folder + "/socket/ipc.sock")
        #expect(token.hasPrefix("Basic "))
    }

    @Test("SDK-06: a publish is routed with the worker's own function as its source, whatever it claims")
    func publishes() throws {
        let client = try harness.client()
        let response = try #require(try publish(client, "out/temperature", "21.5"))
        #expect(response.status == 202)
        #expect(InvocationID(Array((response.headers["x-amz-invocationid"] ?? "").utf8)) != nil)
        #expect(harness.inbox.messages.map(\.topic.text) == ["out/temperature"])
        #expect(harness.inbox.messages.map(\.payload.text) == ["21.5"])
        #expect(harness.inbox.messages.map(\.source) == [.function(alarm)])
    }

    @Test("SDK-04: a publish without a subscription succeeds for the function and is logged by the core")
    func unrouted() throws {
        let client = try harness.client()
        #expect(try publish(client, "elsewhere", "x")?.status == 202)
        #expect(harness.inbox.messages.isEmpty)
        #expect(try harness.systemLog().contains("Failed to get routes. Discarding message."))
    }

    @Test("A publish with an empty payload and no Content-Length is taken")
    func emptyPublish() throws {
        let client = try harness.client()
        #expect(try publish(client, "out/x", nil)?.status == 202)
        #expect(harness.inbox.messages.map(\.payload) == [[]])
    }

    @Test("Old SDKs publish as RequestResponse and get an empty result with an empty error")
    func oldPublish() throws {
        let client = try harness.client()
        let response = try #require(try publish(client, "out/x", "1", type: "RequestResponse"))
        #expect(response.status == 200)
        let result = try #require(
            try client.request(
                "GET", functions + "arn:aws:lambda:::function:GGRouter",
                ["Authorization": token, "X-Amz-InvocationId": response.headers["x-amz-invocationid"] ?? ""]))
        #expect(result.status == 200 && result.body.isEmpty && result.headers["x-amz-function-error"] == "")
    }

    @Test(
        "A publish that names no proper topic is refused with the reason",
        arguments: ["", "a/+/b", "#", String(repeating: "x", count: 257), "1/2/3/4/5/6/7/8/9"])
    func badTopic(_ topic: String) throws {
        let client = try harness.client()
        #expect(try publish(client, topic, "1")?.status == 400)
    }

    @Test("A message of more than 128 KB is refused")
    func largeMessage() throws {
        let client = try harness.client()
        #expect(try publish(client, "out/x", String(repeating: "x", count: 131_073))?.status == 413)
        #expect(try publish(client, "out/x", String(repeating: "x", count: 131_072))?.status == 202)
    }

    @Test("A message for a function waits for its worker and arrives with its topic in the client context")
    func delivery() throws {
        harness.router.publish(
            Message(topic: Array("in/0".utf8), payload: Array("payload".utf8), source: .device("screen")))
        let client = try harness.client()
        let work = try #require(try client.request("GET", functions + alarm + "/work", ["Authorization": token]))
        #expect(work.status == 200 && work.body == "payload")
        let context = try #require(Base64.decode(Array((work.headers["x-amz-client-context"] ?? "").utf8)))
        #expect(context.text == #"{"custom":{"subject":"in/0"}}"#)
        let id = try #require(work.headers["x-amz-invocationid"])
        let done = try client.request(
            "POST", functions + alarm + "/work", ["Authorization": token, "X-Amz-InvocationId": id], body: "null")
        #expect(done?.status == 200)
        // The second report is too much.
        let again = try client.request(
            "POST", functions + alarm + "/work", ["Authorization": token, "X-Amz-InvocationId": id], body: "null")
        #expect(again?.status == 404)
    }

    @Test("GET work is held until there is some; nothing is sent in between")
    func longPoll() throws {
        let client = try harness.client()
        try client.send("GET", functions + alarm + "/work", ["Authorization": token])
        #expect(try client.hearsNothing())
        harness.router.publish(Message(topic: Array("in/0".utf8), payload: [1], source: .device("screen")))
        #expect(try client.response()?.status == 200)
    }

    @Test("LAM-27: one function invokes another and gets its result; the error header is there and empty")
    func invoke() throws {
        let caller = try harness.client()
        let posted = try #require(
            try caller.request(
                "POST", functions + echo,
                [
                    "Authorization": token, "X-Amz-Invocation-Type": "RequestResponse",
                    "X-Amz-Client-Context": "Y29udGV4dA==",
                ],
                body: "{\"a\":1}"))
        #expect(posted.status == 200)
        let id = try #require(posted.headers["x-amz-invocationid"])
        // It started on demand.
        #expect(launcher.launches.map(\.worker) == [1, 2])
        let token2 = launcher.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN", of: 2)
        try caller.send("GET", functions + echo, ["Authorization": token, "X-Amz-InvocationId": id])
        #expect(try caller.hearsNothing())
        let worker = try TestClient(reactor: harness.reactor, unixPath: harness.folder + "/socket/ipc.sock")
        let work = try #require(try worker.request("GET", functions + echo + "/work", ["Authorization": token2]))
        #expect(work.body == "{\"a\":1}" && work.headers["x-amz-client-context"] == "Y29udGV4dA==")
        #expect(work.headers["x-amz-invocationid"] == id)
        let done = try worker.request(
            "POST", functions + echo + "/work", ["Authorization": token2, "X-Amz-InvocationId": id], body: "{\"b\":2}")
        #expect(done?.status == 200)
        let result = try #require(try caller.response())
        #expect(result.status == 200 && result.body == "{\"b\":2}")
        #expect(result.headers["x-amz-function-error"] == "")
    }

    @Test(
        "A result and the request for the next work, sent together, are answered in their order, also when work waits")
    func resultAndNextWork() throws {
        let caller = try harness.client()
        for number in 1...3 { _ = try invokeEcho(caller, body: "\(number)") }
        let worker = try harness.client()
        let token2 = launcher.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN", of: 2)
        let path = functions + echo + "/work"
        let head = " \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: \(token2)\r\n"
        var work = try #require(try worker.request("GET", path, ["Authorization": token2]))
        for number in 1...2 {
            #expect(work.body == "\(number)")
            let id = try #require(work.headers["x-amz-invocationid"])
            try worker.send(
                "POST\(head)X-Amz-InvocationId: \(id)\r\nContent-Length: 2\r\n\r\nok" + "GET\(head)\r\n")
            #expect(try worker.response()?.status == 200)
            work = try #require(try worker.response())
        }
        #expect(work.body == "3" && harness.service.status()[1].counters.successes == 2)
        // A result that is refused leaves the request for work waiting.
        try worker.send("POST\(head)Content-Length: 2\r\n\r\nok" + "GET\(head)\r\n")
        #expect(try worker.response()?.status == 400)
        #expect(try worker.hearsNothing())
    }

    @Test("A handler's error reaches the caller as Handled")
    func handled() throws {
        let caller = try harness.client()
        let id = try #require(try invokeEcho(caller))
        let worker = try harness.client()
        let token2 = launcher.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN", of: 2)
        _ = try worker.request("GET", functions + echo + "/work", ["Authorization": token2])
        _ = try worker.request(
            "POST", functions + echo + "/work",
            ["Authorization": token2, "X-Amz-InvocationId": id, "X-Amz-Function-Error": "Handled"],
            body: #"{"errorMessage":"no"}"#)
        let result = try caller.request("GET", functions + echo, ["Authorization": token, "X-Amz-InvocationId": id])
        #expect(result?.headers["x-amz-function-error"] == "Handled" && result?.body == #"{"errorMessage":"no"}"#)
        #expect(harness.service.status()[1].counters.handledErrors == 1)
    }

    @Test("A worker that exits gives its caller Unhandled with code and the last lines of its error output")
    func unhandled() throws {
        let caller = try harness.client()
        let id = try #require(try invokeEcho(caller))
        let worker = try harness.client()
        let token2 = launcher.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN", of: 2)
        _ = try worker.request("GET", functions + echo + "/work", ["Authorization": token2])
        try IO.writeAll(launcher.launches[1].logs[1], Array("Traceback\nZeroDivisionError".utf8), step: "write")
        harness.service.workerExited(2, exitCode: 3, signal: nil)
        let result = try #require(
            try caller.request("GET", functions + echo, ["Authorization": token, "X-Amz-InvocationId": id]))
        #expect(result.headers["x-amz-function-error"] == "Unhandled")
        #expect(
            result.body.hasPrefix("{\"errorMessage\":") && result.body.contains("code 3")
                && result.body.contains("Traceback | ZeroDivisionError"))
        // The partial last line is in the log, and the worker's connection is closed.
        #expect(try harness.functionLog("Echo").contains("[ERROR]-ZeroDivisionError\n"))
        #expect(try worker.closes())
        let late = try harness.client()
        #expect(try late.request("GET", functions + echo + "/work", ["Authorization": token2])?.status == 403)
    }

    @Test("E-05: the health API tells each worker's state")
    func health() throws {
        harness.service.workerStarted(1, pid: 4711)
        let client = try harness.client()
        let all = try #require(try client.request("GET", "/2016-11-01/health/workers"))
        #expect(
            all.body.contains(#"{"FuncArn":"\#(alarm)","WorkerId":"1","ProcessId":"4711","WorkerState":"Starting"}"#))
        #expect(all.body.contains(#""WorkerState":"NotStarted""#))
        let some = try #require(
            try client.request("POST", "/2016-11-01/health/workers", body: #"{"FuncArns":["\#(alarm)","arn:x"]}"#))
        #expect(some.body.contains(#""InvalidArns":["arn:x"]"#))
        #expect(try client.request("POST", "/2016-11-01/health/workers", body: "{}")?.status == 400)
    }

    private func invokeEcho(_ client: TestClient, body: String = "{}") throws -> String? {
        try client.request("POST", functions + echo, ["Authorization": token], body: body)?
            .headers["x-amz-invocationid"]
    }
}
