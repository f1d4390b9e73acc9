import Bytes
import JSON

/// What a handler is called for: a message that a subscription brought, or an invocation.
public struct Event: Sendable {
    /// The bytes as they were sent.
    public let payload: [UInt8]
    /// What the caller, or the core for a message, says besides; an object.
    public let context: JSON

    /// What the core takes and gives.
    static let largestPayload = 6_291_456
    /// Longest context that is read; the core takes heads of 64 KB.
    private static let longestContext = 65_536

    /// - Parameter context: JSON text.
    init(payload: [UInt8], context: [UInt8]) {
        self.payload = payload
        do throws(JSONError) {
            self.context = try JSON.parse(context, maximumBytes: Self.longestContext)
        } catch {
            self.context = .object([])
        }
    }

    /// The payload as text; what is not UTF-8 in it becomes U+FFFD.
    public var text: String { payload.text }

    /// The payload's JSON value.
    public func json() throws(JSONError) -> JSON {
        try JSON.parse(payload, maximumBytes: Self.largestPayload)
    }

    /// The topic of the message; nil where a function was invoked without one.
    public var topic: String? { context["custom"]?["subject"]?.stringValue }
}
