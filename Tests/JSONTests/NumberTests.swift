import Foundation
import Testing

@testable import JSON

@Suite("JSON numbers")
struct NumberTests {
    @Test(
        "whole numbers are exact to the ends of 64 bits, however they are written",
        arguments: [
            ("0", 0), ("-0", 0), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("4294967296", 1 << 32), ("1.5", nil),
            ("12.0", 12), ("1.2e1", 12), ("120e-1", 12), ("1e18", 1_000_000_000_000_000_000), ("1e19", nil),
            ("1e999999999999999999999", nil), ("0e999999999999999999999", 0), ("1e-1", nil), ("-1.5e1", -15),
            ("18446744073709551616", nil), ("123456789012345678901234567890", nil), ("0.000", 0),
        ] as [(String, Int64?)])
    func wholeNumbers(text: String, value: Int64?) {
        #expect(JSONNumber(validText: text).int64 == value)
    }

    @Test("doubles are the nearest, as the C library says, at every hard place")
    func doubles() {
        var texts = [
            "0", "-0", "0.1", "2.2250738585072014e-308", "2.2250738585072011e-308", "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324", "1.7976931348623157e308", "9007199254740993", "9007199254740992.999999999999999",
            "9007199254740993.00000000000000000000000000000001", "1e22", "1e23", "8.5e22",
            "123456789012345678901234567890",
            "179769313486231580793728971405301e276", "5e-324", "1e-400",
            "0.500000000000000166533453693773481063544750213623046875",
            "3.518437208883201171875e13", "62.5364939768271845828", "8.10109172351e-10",
            "1.50000000000000011102230246251565",
            "1090544144181609348671888949248", "2.22507385850720113605740979670913197593481954635164564e-308",
            "2.225073858507201136057409796709131975934819546351645648023426109724822222021076945516529523908135087914149158913039621106870086438694594645527657207407820621743379988141063267329253552286881372149012981122451451889849057222307285255133155755015914397476397983411801999323962548289017107081850690630666655994938275772572015763062690663332647565300009245888316433037779791869612049497390377829704905051080609940730262937128958950003583799967207254304360284078895771796150945516748243471030702609144621572289880258182545180325707018860872113128079512233426288368622321503775666622503982534335974568884423900265498198385487948292206894721689831099698365846814022854243330660339850886445804001034933970427567186443383770486037861622771738545623065874679014086723327636718751234567890123456789012345678901e-308",
        ]
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random() -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return seed ^ seed >> 29
        }
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random())
            if value.isFinite { texts.append(value.description) }
            texts.append("\(random()).\(random())e\(Int(random() % 680) - 340)")
            texts.append("\(random() % 100_000_000)e\(Int(random() % 60) - 30)")
        }
        // Exactly between two neighbours, and a hair to either side.
        for _ in 0..<200 {
            let low = Double(bitPattern: random() % (1 << 52) | UInt64(1023 + random() % 60) << 52)
            let middle = String(format: "%.120f", low.ulp / 2)
            let whole = low.rounded(.down)
            if whole == low { texts.append(String(format: "%.0f", low) + middle.dropFirst()) }
        }
        for text in texts {
            let expected = strtod(text, nil)
            let number = JSONNumber(validText: text).double
            if expected.isFinite {
                #expect(number?.bitPattern == expected.bitPattern, "\(text)")
            } else {
                #expect(number == nil, "\(text)")
            }
        }
    }

    @Test("a million digits are read at once, and the last one counts")
    func manyDigits() {
        let zeros = String(repeating: "0", count: 1_000_000)
        #expect(JSONNumber(validText: "9007199254740993.\(zeros)").double == 9_007_199_254_740_992)
        #expect(JSONNumber(validText: "9007199254740993.\(zeros)1").double == 9_007_199_254_740_994)
        #expect(JSONNumber(validText: "0.\(zeros)1e1000001").double == 1)
        #expect(JSONNumber(validText: "1\(zeros)e-1000000").int64 == 1)
        #expect(JSONNumber(validText: "1\(zeros)").double == nil)
    }

    @Test("doubles are written so that they read back the same")
    func written() {
        for value in [0.1, -2.5, 1e300, Double.leastNonzeroMagnitude, 123_456_789.123] {
            #expect(JSONNumber(value)?.double == value)
        }
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
    }
}
