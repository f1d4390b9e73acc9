/// Counts what was checked, and reports what is not as it should be.
///
/// The vectors are device code: the tests of the host run them, and `selftest` runs them as an Embedded Swift program
/// where `Int` has 32 bits.
public final class Checker {
    public private(set) var passed = 0
    public private(set) var failed = 0
    private let report: (String) -> Void

    public init(_ report: @escaping (String) -> Void) {
        self.report = report
    }

    public func expect(_ isRight: Bool, _ what: @autoclosure () -> String) {
        if isRight {
            passed += 1
        } else {
            failed += 1
            report(what())
        }
    }

    public func expect(_ actual: String, is expected: String, _ what: @autoclosure () -> String) {
        let isRight = actual.utf8.elementsEqual(expected.utf8)
        expect(isRight, isRight ? "" : what() + ": expected \(expected), got \(actual)")
    }

    public func expect(_ actual: [UInt8], is expected: [UInt8], _ what: @autoclosure () -> String) {
        let isRight = actual == expected
        expect(isRight, isRight ? "" : what() + ": the bytes differ")
    }

    public func expect(_ actual: Int64?, is expected: Int64?, _ what: @autoclosure () -> String) {
        let isRight = actual == expected
        expect(isRight, isRight ? "" : what() + ": expected \(Checker.text(expected)), got \(Checker.text(actual))")
    }

    private static func text(_ value: Int64?) -> String {
        guard let value else { return "nothing" }
        return "\(value)"
    }
}
