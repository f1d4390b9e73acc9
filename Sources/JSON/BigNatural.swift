/// A natural number of any size, as far as reading a decimal number exactly needs it.
struct BigNatural {
    /// Least significant first; the last is not zero.
    private var limbs: [UInt32] = []

    init() {}

    init(_ value: UInt32) {
        if value != 0 { limbs = [value] }
    }

    /// The number of bits up to the highest that is set.
    var bitWidth: Int {
        guard let top = limbs.last else { return 0 }
        return limbs.count * 32 - top.leadingZeroBitCount
    }

    mutating func multiply(by factor: UInt32, adding summand: UInt32 = 0) {
        var carry = UInt64(summand)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry != 0 { limbs.append(UInt32(carry)) }
    }

    mutating func shiftLeft(by count: Int) {
        guard count > 0, !limbs.isEmpty else { return }
        let bits = UInt32(count % 32)
        if bits > 0 {
            var carry: UInt32 = 0
            for index in limbs.indices {
                let limb = limbs[index]
                limbs[index] = limb << bits | carry
                carry = limb >> (32 - bits)
            }
            if carry != 0 { limbs.append(carry) }
        }
        if count >= 32 { limbs.insert(contentsOf: [UInt32](repeating: 0, count: count / 32), at: 0) }
    }

    func isLess(than other: BigNatural) -> Bool {
        if limbs.count != other.limbs.count { return limbs.count < other.limbs.count }
        var index = limbs.count
        while index > 0 {
            index -= 1
            if limbs[index] != other.limbs[index] { return limbs[index] < other.limbs[index] }
        }
        return false
    }

    /// Takes a number away that is not larger.
    mutating func subtract(_ other: BigNatural) {
        var borrow: Int64 = 0
        for index in limbs.indices {
            let taken = index < other.limbs.count ? Int64(other.limbs[index]) : 0
            let difference = Int64(limbs[index]) - taken - borrow
            borrow = difference < 0 ? 1 : 0
            limbs[index] = UInt32(truncatingIfNeeded: difference)
        }
        while limbs.last == 0 { limbs.removeLast() }
    }
}
