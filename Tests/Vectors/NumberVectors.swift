import JSON

public enum NumberVectors {
    public static func run(_ checker: Checker) {
        wholeNumbers(checker)
        doubles(checker)
    }

    private static func wholeNumbers(_ checker: Checker) {
        let vectors: [(String, Int64?)] = [
            ("0", 0), ("-0", 0), ("12.0", 12), ("1.2e1", 12), ("120e-1", 12), ("1.5", nil), ("1e-1", nil),
            ("2147483647", 2_147_483_647), ("2147483648", 2_147_483_648), ("-2147483649", -2_147_483_649),
            ("4294967296", 4_294_967_296), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("18446744073709551616", nil), ("1e4294967296", nil),
            ("0e4294967296", 0), ("1e-4294967296", nil), ("1e99999999999999999999", nil),
        ]
        for (text, value) in vectors {
            checker.expect(JSONVectors.read(text)?.integerValue, is: value, "whole number \(text)")
        }
    }

    /// Text and the bits of the nearest double.
    private static func doubles(_ checker: Checker) {
        let vectors: [(String, UInt64?)] = [
            ("0", 0), ("-0", 0x8000_0000_0000_0000), ("1", 0x3FF0_0000_0000_0000), ("0.1", 0x3FB9_9999_9999_999A),
            ("-2.5", 0xC004_0000_0000_0000), ("1e22", 0x4480_F0CF_064D_D592), ("1e23", 0x44B5_2D02_C7E1_4AF6),
            ("9007199254740993", 0x4340_0000_0000_0000), ("9007199254740993.0000000001", 0x4340_0000_0000_0001),
            ("9007199254740995", 0x4340_0000_0000_0002), ("1.7976931348623157e308", 0x7FEF_FFFF_FFFF_FFFF),
            ("1.7976931348623159e308", nil), ("1e309", nil), ("2.2250738585072014e-308", 0x0010_0000_0000_0000),
            ("2.2250738585072011e-308", 0x000F_FFFF_FFFF_FFFF), ("5e-324", 1), ("2.4703282292062327e-324", 0),
            ("2.4703282292062328e-324", 1), ("1e-400", 0), ("1e-99999999999", 0), ("1e99999999999", nil),
            ("123456789012345678901234567890", 0x45F8_EE90_FF6C_373E),
        ]
        for (text, bits) in vectors {
            let value = JSONVectors.read(text)?.doubleValue?.bitPattern
            checker.expect(value == bits, "double \(text): expected \(hex(bits)), got \(hex(value))")
        }
        checker.expect(JSONNumber(0.1)?.text ?? "", is: "0.1", "JSONNumber(0.1)")
        checker.expect(JSONNumber(Int64.min).text, is: "-9223372036854775808", "JSONNumber(Int64.min)")
    }

    private static func hex(_ bits: UInt64?) -> String {
        guard let bits else { return "nothing" }
        return String(bits, radix: 16)
    }
}
