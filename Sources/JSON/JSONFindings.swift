/// Collects what is wrong in a document, so that a person gets all of it at once and not the first only.
public final class JSONFindings {
    /// More than this many of either kind are counted and not kept: nobody reads them.
    public static let maximumKept = 100

    /// What makes the document unusable.
    public private(set) var errors: [JSONMismatch] = []

    /// Keys without effect.
    public private(set) var warnings: [JSONUnknownKey] = []

    /// How many more there were than are kept.
    public private(set) var dropped = 0

    public init() {}

    public var hasErrors: Bool { !errors.isEmpty }

    public func add(_ error: JSONMismatch) {
        if errors.count < JSONFindings.maximumKept { errors.append(error) } else { dropped += 1 }
    }

    /// The value that `read` gives, or nil and one more error.
    public func take<Value>(_ read: () throws(JSONMismatch) -> Value) -> Value? {
        do {
            return try read()
        } catch {
            add(error)
            return nil
        }
    }

    /// Warns of the keys of the object at `node` that are not known.
    public func warnOfUnknownKeys(in node: JSONNode, known: [String]) {
        for key in node.unknownKeys(known: known) {
            if warnings.count < JSONFindings.maximumKept { warnings.append(key) } else { dropped += 1 }
        }
    }
}
