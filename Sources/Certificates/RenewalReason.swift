import TLS

/// Why the server's certificate is made anew.
public enum RenewalReason: Equatable, CustomStringConvertible {
    /// There was none.
    case missing
    /// What was there cannot be used.
    case damaged(TLSError)
    /// It was signed by another authority than the group's.
    case otherAuthority
    /// The machine has a name or address that the certificate does not have.
    case newName(SubjectName)
    case expired
    /// Less than a quarter of its lifetime is left.
    case ending
    /// It lasts longer than it should, because the clock was not set when it was made.
    case madeWithoutClock

    public var description: String {
        switch self {
        case .missing: "there was none"
        case .damaged(let error): "the old one cannot be used: \(error.description)"
        case .otherAuthority: "the old one was signed by another CA"
        case .newName(let name): "the old one is not valid for \(name.description)"
        case .expired: "the old one has expired"
        case .ending: "the old one expires soon"
        case .madeWithoutClock: "the old one was made before the clock was set"
        }
    }
}
