import Bytes
import CGreengrassSDK
import JSON
import Testing

@testable import GreengrassSDK

@Suite("Events and answers")
struct EventTests {
    @Test("The topic of a message is in its context; an invocation has none")
    func topic() {
        let message = Event(payload: [1, 2], context: #"{"custom":{"subject":"a/ü"}}"#.bytes)
        #expect(message.topic == "a/ü" && message.payload == [1, 2])
        let invocation = Event(payload: "hi".bytes, context: "{}".bytes)
        #expect(invocation.topic == nil && invocation.text == "hi")
        #expect(Event(payload: [], context: "no JSON".bytes).context == .object([]))
    }

    @Test(
        "SDK-03: what came of a call",
        arguments: [
            (GG_REQUEST_SUCCESS, "x", nil), (GG_REQUEST_AGAIN, "", GreengrassError.queueFull),
            (GG_REQUEST_HANDLED, #"{"errorMessage":"no"}"#, .failed("no")), (GG_REQUEST_HANDLED, "no", .failed("no")),
            (GG_REQUEST_UNHANDLED, #"{"errorMessage":"gone"}"#, .crashed("gone")),
            (GG_REQUEST_UNKNOWN, #"{"errorMessage":"why"}"#, .refused("why")),
        ])
    func statuses(status: gg_request_status, answer: String, expected: GreengrassError?) {
        #expect(GreengrassError(status, answer.bytes) == expected)
    }

    @Test(
        "SDK-02: errors of the shadow and secret services are told from documents",
        arguments: [
            (#"{"code":404,"message":"none"}"#, GreengrassError.service(code: 404, message: "none")),
            (#"{"Status":401,"Message":"no"}"#, .service(code: 401, message: "no")),
            (#"{"state":{"code":1,"message":"x"}}"#, nil), (#"{"code":"404","message":"x"}"#, nil), ("[", nil),
        ])
    func services(answer: String, expected: GreengrassError?) {
        #expect(GreengrassError(service: answer.bytes) == expected)
    }

    @Test("SDK-02: a secret has a string or bytes")
    func secret() throws {
        let text = """
            {"ARN":"arn:x","Name":"n","VersionId":"v","SecretBinary":"AAE=","SecretString":null,"CreatedDate":1,
            "VersionStages":["AWSCURRENT"]}
            """
        let secret = try #require(Secret(try JSON.parse(text.bytes, maximumBytes: 1000)))
        #expect(secret.binary == [0, 1] && secret.string == nil && secret.stages == ["AWSCURRENT"])
        #expect(Secret(try JSON.parse(#"{"Name":"n"}"#.bytes, maximumBytes: 1000)) == nil)
    }

    @Test("A program that no core started is told so")
    func outside() {
        #expect(throws: GreengrassError.notAFunction) { try Greengrass() }
    }
}
