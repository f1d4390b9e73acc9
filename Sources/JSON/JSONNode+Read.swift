/// Typed reads. Each throws a `JSONMismatch` where the value is absent or of another kind; the `…IfPresent` ones give nil
/// where it is absent or null.
extension JSONNode {
    public func string() throws(JSONMismatch) -> String {
        guard case .string(let text) = value else { throw mismatch("a text") }
        return text
    }

    /// A text with something in it.
    public func nonEmptyString() throws(JSONMismatch) -> String {
        guard case .string(let text) = value, !text.utf8.isEmpty else { throw mismatch("a text that is not empty") }
        return text
    }

    /// One of the given texts, as written there.
    public func string(oneOf allowed: [String]) throws(JSONMismatch) -> String {
        if case .string(let text) = value {
            for candidate in allowed where candidate.hasSameBytes(as: text) { return candidate }
        }
        throw mismatch("one of " + allowed.map { JSON.quoted($0) }.joined(separator: ", "), showingValue: true)
    }

    public func boolean() throws(JSONMismatch) -> Bool {
        guard case .boolean(let flag) = value else { throw mismatch("true or false") }
        return flag
    }

    /// A whole number in the range.
    public func integer(in range: ClosedRange<Int64>) throws(JSONMismatch) -> Int64 {
        guard let number = value?.integerValue, range.contains(number) else {
            let bounds = range == Int64.min...Int64.max ? "" : " from \(range.lowerBound) to \(range.upperBound)"
            throw mismatch("a whole number\(bounds)", showingValue: true)
        }
        return number
    }

    public func integer() throws(JSONMismatch) -> Int64 {
        try integer(in: Int64.min...Int64.max)
    }

    public func double() throws(JSONMismatch) -> Double {
        guard let number = value?.doubleValue else { throw mismatch("a number", showingValue: true) }
        return number
    }

    /// The array's elements with their paths.
    public func array() throws(JSONMismatch) -> [JSONNode] {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        var nodes: [JSONNode] = []
        nodes.reserveCapacity(elements.count)
        for index in elements.indices { nodes.append(JSONNode(elements[index], at: path.appending(.index(index)))) }
        return nodes
    }

    /// The object's members with their paths, in the order they are written.
    public func object() throws(JSONMismatch) -> [(key: String, node: JSONNode)] {
        guard case .object(let object) = value else { throw mismatch("an object") }
        return object.members.map { (key: $0.key, node: JSONNode($0.value, at: path.appending(.key($0.key)))) }
    }

    public func stringIfPresent() throws(JSONMismatch) -> String? {
        isAbsent ? nil : try string()
    }

    public func integerIfPresent(in range: ClosedRange<Int64> = Int64.min...Int64.max) throws(JSONMismatch) -> Int64? {
        isAbsent ? nil : try integer(in: range)
    }

    /// No elements where the array is absent.
    public func arrayIfPresent() throws(JSONMismatch) -> [JSONNode] {
        isAbsent ? [] : try array()
    }

    /// No members where the object is absent.
    public func objectIfPresent() throws(JSONMismatch) -> [(key: String, node: JSONNode)] {
        isAbsent ? [] : try object()
    }

    /// Absent with nothing wrong on the way: a parent of the wrong kind is a mismatch, not an absence.
    private var isAbsent: Bool { !isPresent && fault == nil }
}
