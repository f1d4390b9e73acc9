/// A value that is not what the reader of a document needs there.
public struct JSONMismatch: Error, Sendable {
    public let path: JSONPath
    /// What belongs there: "a whole number from 30 to 1200".
    public let expected: String
    /// What stands there; the value itself only where it cannot be a secret.
    public let found: String

    public init(path: JSONPath, expected: String, found: String) {
        self.path = path
        self.expected = expected
        self.found = found
    }
}

extension JSONMismatch: CustomStringConvertible {
    /// "$.coreThing.keepAlive: expected a whole number from 30 to 1200, found a text".
    public var description: String {
        "\(path): expected \(expected), found \(found)"
    }
}
