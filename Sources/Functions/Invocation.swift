import Messaging

/// How a caller wants to be served (`X-Amz-Invocation-Type`).
public enum InvocationType: Sendable {
    /// Nobody asks for the result.
    case event
    /// The caller asks for the result with a second request.
    case requestResponse
}

/// One piece of work for one function.
public struct Invocation: Sendable {
    public let id: InvocationID
    /// The function's index in the engine.
    public let function: Int
    public let type: InvocationType
    public let payload: [UInt8]
    /// Base64 of the client context's JSON, passed on verbatim; may be empty.
    public let clientContext: [UInt8]
    /// The worker that asked for it; nil for messages from the router.
    public let caller: UInt32?
    /// Held until the invocation has ended, for a message that must not get lost with this process.
    public let receipt: MessageReceipt?

    public init(
        id: InvocationID, function: Int, type: InvocationType, payload: [UInt8], clientContext: [UInt8],
        caller: UInt32?, receipt: MessageReceipt? = nil
    ) {
        self.id = id
        self.function = function
        self.type = type
        self.payload = payload
        self.clientContext = clientContext
        self.caller = caller
        self.receipt = receipt
    }
}
