import Bytes

/// What an invocation came to, as `X-Amz-Function-Error` tells it.
public enum FunctionErrorKind: Sendable {
    /// The handler returned; the header is present and empty.
    case none
    /// The handler raised an error and its runtime reported it.
    case handled
    /// The worker did not live to report: time-out, crash, exit.
    case unhandled

    /// The header's value.
    public var header: StaticString {
        switch self {
        case .none: ""
        case .handled: "Handled"
        case .unhandled: "Unhandled"
        }
    }
}

/// The end of an invocation.
public struct FunctionResult: Sendable {
    public let payload: [UInt8]
    public let error: FunctionErrorKind

    public init(payload: [UInt8], error: FunctionErrorKind = .none) {
        self.payload = payload
        self.error = error
    }

    /// The core's own report about a worker that could not: `{"errorMessage":"…"}`.
    public static func unhandled(_ sentence: String) -> FunctionResult {
        FunctionResult(payload: ErrorDocument.bytes(message: sentence), error: .unhandled)
    }
}
