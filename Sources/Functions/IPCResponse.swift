import Bytes

/// An answer of the local endpoint.
struct IPCResponse {
    var status: Int
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

    init(status: Int) {
        self.status = status
    }

    /// A refusal in a sentence for whoever debugs the function.
    static func refusal(_ status: Int, _ sentence: String) -> IPCResponse {
        var response = IPCResponse(status: status)
        response.sentence = sentence
        response.contentType = "application/json"
        response.body = ErrorDocument.bytes(message: sentence)
        return response
    }

    static func json(_ body: [UInt8], status: Int = 200) -> IPCResponse {
        var response = IPCResponse(status: status)
        response.contentType = "application/json"
        response.body = body
        return response
    }

    /// Appends the message, HTTP/1.1 (RFC 9112 section 4).
    func write(to output: inout ByteBuffer, closing: Bool) {
        output.append("HTTP/1.1 ")
        output.append(decimal: Int64(status))
        output.append(UInt8(ascii: " "))
        if let sentence { Self.append(phrase: sentence, to: &output) } else { output.append(phrase) }
        if let functionError {
            output.append("\r\nX-Amz-Function-Error: ")
            output.append(functionError.header)
        }
        if let invocation {
            output.append("\r\nX-Amz-InvocationId: ")
            output.append(invocation.bytes)
        }
        if let clientContext {
            output.append("\r\nX-Amz-Client-Context: ")
            output.append(clientContext)
        }
        if let contentType {
            output.append("\r\nContent-Type: ")
            output.append(contentType)
        }
        output.append("\r\nContent-Length: ")
        output.append(decimal: Int64(body.count))
        if closing { output.append("\r\nConnection: close") }
        output.append("\r\n\r\n")
        output.append(body)
    }

    /// Parts of the sentence come from outside: only printable ASCII, bounded.
    private static func append(phrase: String, to output: inout ByteBuffer) {
        var count = 0
        for byte in phrase.utf8 where count < 300 {
            output.append(byte >= 0x20 && byte < 0x7F ? byte : UInt8(ascii: "?"))
            count += 1
        }
    }

    /// RFC 9110 section 15.
    private var phrase: StaticString {
        switch status {
        case 200: "OK"
        case 202: "Accepted"
        default: "Error"
        }
    }
}
