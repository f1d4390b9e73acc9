/// The members of a JSON object in the order they were written.
///
/// Look-up walks the members: objects in configuration have few. What is looked up often belongs into a table of the
/// reader's own.
public struct JSONObject: Sendable {
    public struct Member: Sendable {
        public let key: String
        public var value: JSON
    }

    public private(set) var members: [Member]

    public init() {
        members = []
    }

    /// - Parameter members: no key twice; where one is, the first is found.
    public init(_ members: [(key: String, value: JSON)]) {
        self.members = members.map { Member(key: $0.key, value: $0.value) }
    }

    init(members: [Member]) {
        self.members = members
    }

    public var count: Int { members.count }

    public var isEmpty: Bool { members.isEmpty }

    /// The member's value; setting nil removes the member, setting a new key appends it.
    public subscript(key: String) -> JSON? {
        get {
            for member in members where member.key.hasSameBytes(as: key) { return member.value }
            return nil
        }
        set {
            for index in members.indices where members[index].key.hasSameBytes(as: key) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
                return
            }
            if let newValue { members.append(Member(key: key, value: newValue)) }
        }
    }
}

extension JSONObject: Equatable {
    /// The same members in the same order.
    public static func == (first: JSONObject, second: JSONObject) -> Bool {
        guard first.count == second.count else { return false }
        for (one, other) in zip(first.members, second.members) {
            guard one.key.hasSameBytes(as: other.key), one.value == other.value else { return false }
        }
        return true
    }
}
