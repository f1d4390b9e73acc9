/// What one non-blocking read or write did.
public enum IOResult {
    /// So many bytes, at least one.
    case bytes(Int)
    /// Nothing now; wait for the reactor.
    case wouldBlock
    /// The peer has ended the stream.
    case closed
    /// The call failed with this error number.
    case failed(Int32)
}
