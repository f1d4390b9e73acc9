/// Stands for `Linux` in a fuzzer: the same names without a kernel below, so that an execution is quick, and the same
/// each time. This is the clock; the fuzzer moves it.
public enum Clock {
    nonisolated(unsafe) public static var now: Int64 = 0

    public static func monotonic() -> Int64 { now }

    public static func realtime() -> Int64 { now / 1_000_000 }
}

public struct SystemError: Error {
    public let step: String
    public let code: Int32

    public init(_ step: String, code: Int32 = 0) {
        self.step = step
        self.code = code
    }

    public var reason: String { "error \(code)" }
    public var description: String { "\(step): \(reason)" }
}
