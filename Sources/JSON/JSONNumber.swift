/// A JSON number, kept as it was written (RFC 8259 section 6): no digit is lost on the way through.
public struct JSONNumber: Sendable {
    /// The number's text, valid by RFC 8259's grammar.
    public let text: String

    init(validText text: String) {
        self.text = text
    }

    public init(_ value: Int64) {
        text = String(value)
    }

    public init(_ value: UInt64) {
        text = String(value)
    }

    /// The shortest text that reads back as the same double; nil for infinities and NaN, which JSON does not have.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// The exact value where it is a whole number in the range of 64 bits with sign, however it is written
    /// (`12`, `12.0`, `1.2e1`).
    public var int64: Int64? {
        let decimal = Decimal(text)
        guard let magnitude = decimal.wholeMagnitude else { return nil }
        if decimal.isNegative {
            return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// The nearest double (ties to even, IEEE 754); nil where the number is beyond the largest double.
    public var double: Double? {
        Decimal(text).nearestDouble
    }
}

extension JSONNumber: Equatable {
    /// Written the same: `1.0` and `1` differ here.
    public static func == (first: JSONNumber, second: JSONNumber) -> Bool {
        first.text.hasSameBytes(as: second.text)
    }
}
