/// Why a connection could not be made, for people and for whoever decides when to try again.
public struct DialFailure: Error, Equatable {
    public enum Kind: Equatable, Sendable {
        /// The name has no address now: no network, no name server, a misspelt name.
        case lookup
        /// No address answered.
        case unreachable
        /// Something took too long.
        case timeout
        /// The proxy refused, or is none.
        case proxy
        /// The other end's certificate is not what it has to be.
        case untrusted
        /// This machine's clock and the other end's certificate do not go together.
        case clock
        /// The other end did not accept this one.
        case refused
        /// The connection broke on the way.
        case broken
    }

    public let kind: Kind
    /// A sentence without its full stop: what, where, and what to do.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
