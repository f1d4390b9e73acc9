/// How a handler fails politely: whoever invoked the function gets the message, as a handled error.
public struct HandlerFailure: Error, Equatable {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }
}

extension HandlerFailure {
    /// A call that the handler cannot do without has failed.
    public init(_ error: GreengrassError) {
        message = error.description
    }
}
