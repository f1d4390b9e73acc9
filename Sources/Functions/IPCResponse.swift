import Bytes
import HTTP

/// An answer of the local endpoint.
struct IPCResponse {
    /// Of a sentence in the status line, in bytes.
    private static let longestPhrase = 300

    var status: HTTPStatus
    /// Stands in the status line too: the SDKs show their users `HTTP Error 404: …` and nothing of the body.
    var sentence: String?
    /// Shown where given, even when empty.
    var functionError: FunctionErrorKind?
    var invocation: InvocationID?
    var clientContext: [UInt8]?
    var contentType: StaticString?
    var body: [UInt8] = []
    /// Whether the connection ends with this answer, whatever the client asked.
    var closes = false

    init(_ status: HTTPStatus) {
        self.status = status
    }

    /// A refusal in a sentence for whoever debugs the function.
    static func refusal(_ status: HTTPStatus, _ sentence: String) -> IPCResponse {
        var response = IPCResponse(status)
        response.sentence = sentence
        response.contentType = "application/json"
        response.body = ErrorDocument.bytes(message: sentence)
        return response
    }

    static func json(_ body: [UInt8], status: HTTPStatus = .ok) -> IPCResponse {
        var response = IPCResponse(status)
        response.contentType = "application/json"
        response.body = body
        return response
    }

    /// Prometheus's text exposition format.
    static func metrics(_ text: [UInt8]) -> IPCResponse {
        var response = IPCResponse(.ok)
        response.contentType = "text/plain; version=0.0.4; charset=utf-8"
        response.body = text
        return response
    }

    /// Appends the message.
    func write(to output: inout ByteBuffer, keepsAlive: Bool) {
        if let sentence {
            output.append("HTTP/1.1 ")
            output.append(decimal: Int64(status.code))
            output.append(UInt8(ascii: " "))
            Self.append(phrase: sentence, to: &output)
            output.append("\r\n")
        } else {
            HTTPWriter.beginResponse(status, to: &output)
        }
        if let functionError { HTTPWriter.header("X-Amz-Function-Error", functionError.header, to: &output) }
        if let invocation { HTTPWriter.header("X-Amz-InvocationId", invocation.bytes, to: &output) }
        if let clientContext { HTTPWriter.header("X-Amz-Client-Context", clientContext, to: &output) }
        if let contentType { HTTPWriter.header("Content-Type", contentType, to: &output) }
        HTTPWriter.end(body, keepsAlive: keepsAlive, to: &output)
    }

    /// Parts of the sentence come from outside: only printable ASCII, bounded.
    private static func append(phrase: String, to output: inout ByteBuffer) {
        var count = 0
        for byte in phrase.utf8 where count < longestPhrase {
            output.append(byte >= 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?"))
            count += 1
        }
    }
}
