/// Comparison whose duration does not depend on where two secrets differ.
public enum ConstantTime {
    /// Whether both are equal; takes the same time for any content of one length.
    public static func equal(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        guard first.count == second.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<first.count { difference |= first[index] ^ second[index] }
        return difference == 0
    }
}
