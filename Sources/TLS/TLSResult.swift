/// How one step on a connection ended.
public enum TLSResult: Equatable {
    /// The step is done; for reads and writes, with this many bytes of plain text, never 0.
    case done(Int)
    /// Repeat the step when the descriptor is readable. A write may say so too, and a read `wantWrite`.
    case wantRead
    /// Repeat the step when the descriptor is writable.
    case wantWrite
    /// The other end has closed: there is nothing more to read or write.
    case closed
    /// The connection is broken; close the descriptor.
    case failed(TLSFailure)
}
