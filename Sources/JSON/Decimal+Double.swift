extension Decimal {
    /// The double nearest to the value, ties to even; nil beyond the largest double.
    var nearestDouble: Double? {
        guard !digits.isEmpty else { return isNegative ? -0.0 : 0.0 }
        // The value lies between 10^(order-1) and 10^order; doubles end at 1.8e308 and vanish below 2.5e-324.
        let order = exponent + Int64(digits.count)
        if order > 310 { return nil }
        if order < -330 { return isNegative ? -0.0 : 0.0 }
        let magnitude = exactDouble ?? roundedDouble
        guard let magnitude else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// The common case: at most 15 digits and a power of ten that a double holds exactly, so that the one
    /// multiplication or division rounds correctly (Clinger, "How to read floating point numbers accurately", 1990).
    private var exactDouble: Double? {
        guard digits.count <= 15, exponent >= -22, exponent <= 22 else { return nil }
        var value: UInt64 = 0
        for digit in digits { value = value * 10 + UInt64(digit) }
        var power = 1.0
        for _ in 0..<Int(exponent.magnitude) { power *= 10 }
        return exponent < 0 ? Double(value) / power : Double(value) * power
    }

    /// The general case, by exact long division of whole numbers.
    private var roundedDouble: Double? {
        var numerator = BigNatural()
        for digit in digits { numerator.multiply(by: 10, adding: UInt32(digit)) }
        var denominator = BigNatural(1)
        for _ in 0..<Int(exponent.magnitude) {
            if exponent > 0 { numerator.multiply(by: 10) } else { denominator.multiply(by: 10) }
        }
        // Scale so that numerator / denominator is in 1..<2 and the value is that times 2^power.
        var power = numerator.bitWidth - denominator.bitWidth
        if power > 0 { denominator.shiftLeft(by: power) } else { numerator.shiftLeft(by: -power) }
        if numerator.isLess(than: denominator) {
            numerator.shiftLeft(by: 1)
            power -= 1
        }
        guard power <= 1023 else { return nil }
        let isNormal = power >= -1022
        let width = isNormal ? 53 : 53 + power + 1022
        guard width >= 0 else { return 0 }
        var mantissa: UInt64 = 0
        for _ in 0..<width {
            mantissa <<= 1
            if !numerator.isLess(than: denominator) {
                mantissa |= 1
                numerator.subtract(denominator)
            }
            numerator.shiftLeft(by: 1)
        }
        // What is left over is twice the remainder: above the denominator is more than half a unit.
        if denominator.isLess(than: numerator) {
            mantissa += 1
        } else if !numerator.isLess(than: denominator) {
            mantissa += mantissa & 1
        }
        // A mantissa that was rounded up to the next power of two carries into the exponent's bits, as it should.
        let pattern = isNormal ? UInt64(power + 1022) << 52 + mantissa : mantissa
        let value = Double(bitPattern: pattern)
        return value.isFinite ? value : nil
    }
}
