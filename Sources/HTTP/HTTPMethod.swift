/// A request's method (RFC 9110 section 9); methods are case-sensitive.
public enum HTTPMethod: Equatable, Sendable {
    case get
    case head
    case post
    case put
    case delete
    /// Any other token.
    case other

    init(_ token: Span<UInt8>) {
        if HTTPSyntax.equals(token, "GET") {
            self = .get
        } else if HTTPSyntax.equals(token, "POST") {
            self = .post
        } else if HTTPSyntax.equals(token, "PUT") {
            self = .put
        } else if HTTPSyntax.equals(token, "HEAD") {
            self = .head
        } else if HTTPSyntax.equals(token, "DELETE") {
            self = .delete
        } else {
            self = .other
        }
    }
}
