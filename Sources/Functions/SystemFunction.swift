/// A call of one of the core's own services, as a function's SDK makes it (docs/function-protocol.md).
public struct SystemCall {
    /// ARN of the calling function, qualified with its version; proved by its token.
    public let caller: String
    /// Base64 of the client context's JSON, as sent; may be empty.
    public let clientContext: [UInt8]
    public let payload: [UInt8]
}

/// A service of the core that functions reach by invoking an ARN: shadows, secrets.
///
/// Errors that the SDKs understand (`{"code":404,…}`) are ordinary results: a function error would break SDKs before 1.5.
public protocol SystemFunction: AnyObject {
    /// Serves one call. `reply` is called once, now or later, on the core's thread.
    func invoke(_ call: SystemCall, reply: @escaping (FunctionResult) -> Void)
}
