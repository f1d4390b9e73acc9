import Bytes
import JSON

/// The client context that travels with an invocation: base64 of JSON in a header.
enum ClientContext {
    /// Longest context that is read, the Lambda API's limit of 3,583 bytes rounded up and doubled for a long topic.
    static let maximumBytes = 8192

    /// What a worker that handles a message sees as `context.client_context.custom['subject']`
    /// (lambda-functions.md, "Retrieve the input MQTT topic").
    static func forMessage(topic: [UInt8]) -> [UInt8] {
        var text = [UInt8]("{\"custom\":{\"subject\":")
        JSON.writeQuoted(topic.span, to: &text)
        text.append(contentsOf: [UInt8]("}}"))
        return Base64.encode(text)
    }

    /// Why a context names no topic.
    enum Flaw: Error {
        case notBase64
        case notJSON(JSONError)
        case noSubject
    }

    /// What a publish says of itself.
    struct Publish {
        let topic: [UInt8]
        /// `custom.queueFullPolicy` is `AllOrError` (row B-13; SDKs since V1.10): all targets or none.
        let wantsAll: Bool
    }

    static func publish(_ header: [UInt8]) throws(Flaw) -> Publish {
        guard let text = Base64.decode(header) else { throw .notBase64 }
        let context: JSON
        do throws(JSONError) {
            context = try JSON.parse(text, maximumBytes: maximumBytes, maximumDepth: 8)
        } catch {
            throw .notJSON(error)
        }
        guard let subject = context["custom"]?["subject"]?.stringValue else { throw .noSubject }
        return Publish(
            topic: subject.bytes, wantsAll: context["custom"]?["queueFullPolicy"]?.stringValue == "AllOrError")
    }
}
