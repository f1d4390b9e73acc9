/// A number's text taken apart: sign, significant digits and a power of ten.
struct Decimal {
    /// No double needs more digits to be told from its neighbours: 767 are the most a halfway point has
    /// (IEEE 754 binary64), and one digit more stands for all that are cut off.
    static let maximumDigits = 768

    /// Powers of ten are held back here, far outside a double's range and far inside `Int64`'s.
    static let maximumExponent: Int64 = 1_000_000_000_000

    private(set) var isNegative = false

    /// The significant digits, 0–9 each, without leading and trailing zeros; none for zero.
    private(set) var digits: [UInt8] = []

    /// The value is `digits` as a whole number times ten to this power.
    private(set) var exponent: Int64 = 0

    /// - Parameter text: a number by RFC 8259's grammar.
    init(_ text: String) {
        var written: Int64 = 0
        var isExponentNegative = false
        var pastPoint = false
        var inExponent = false
        var isCut = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"):
                if inExponent { isExponentNegative = true } else { isNegative = true }
            case UInt8(ascii: "."):
                pastPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                inExponent = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = byte - UInt8(ascii: "0")
                if inExponent {
                    if written < Decimal.maximumExponent { written = written * 10 + Int64(digit) }
                } else {
                    if pastPoint { exponent -= 1 }
                    if digits.isEmpty, digit == 0 { continue }
                    if digits.count < Decimal.maximumDigits {
                        digits.append(digit)
                    } else {
                        exponent += 1
                        if digit != 0 { isCut = true }
                    }
                }
            default:
                break
            }
        }
        exponent += isExponentNegative ? -written : written
        if isCut {
            digits.append(1)
            exponent -= 1
        }
        while let last = digits.last, last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { exponent = 0 }
    }

    /// The magnitude, where it is a whole number of at most 64 bits.
    var wholeMagnitude: UInt64? {
        // 20 digits are the most that 64 bits hold.
        guard exponent >= 0, exponent <= 20, digits.count <= 20 else { return nil }
        var magnitude: UInt64 = 0
        for index in 0..<(digits.count + Int(exponent)) {
            let digit = index < digits.count ? UInt64(digits[index]) : 0
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            magnitude = sum
        }
        return magnitude
    }
}
