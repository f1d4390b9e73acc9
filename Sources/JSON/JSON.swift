/// A JSON value (RFC 8259 section 3): null, a boolean, a number, a text, an array or an object.
///
/// Numbers keep the text they were written as (`JSONNumber`) and objects the order of their members, so that a file
/// read and written again says the same.
public enum JSON: Sendable {
    case null
    case boolean(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    public static func integer(_ value: Int64) -> JSON { .number(JSONNumber(value)) }

    public static func object(_ members: [(key: String, value: JSON)]) -> JSON {
        .object(JSONObject(members))
    }

    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var booleanValue: Bool? {
        if case .boolean(let flag) = self { flag } else { nil }
    }

    /// The whole number, where the value is a number without a fraction that fits (`12`, `12.0` and `1.2e1` do).
    public var integerValue: Int64? {
        if case .number(let number) = self { number.int64 } else { nil }
    }

    /// The nearest double, where the value is a number that a double can hold.
    public var doubleValue: Double? {
        if case .number(let number) = self { number.double } else { nil }
    }

    public var arrayValue: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The member of that name, or nil where the value is no object or has none.
    public subscript(key: String) -> JSON? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The value's kind as a person says it: "a text", "an object" …
    public var kind: StaticString {
        switch self {
        case .null: "null"
        case .boolean: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: Equatable {
    /// Texts are equal byte for byte (RFC 8259 section 8.3), numbers as written, objects with the same order of members.
    public static func == (first: JSON, second: JSON) -> Bool {
        switch (first, second) {
        case (.null, .null): true
        case (.boolean(let one), .boolean(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): one == other
        default: false
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
    }
}

extension String {
    /// Equality of the bytes: Swift's own `==` also calls differently composed letters equal and needs Unicode tables.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
