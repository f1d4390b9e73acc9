// The test of the harness itself: this target reads one byte past its input where the input begins with a certain word.
// `scripts/fuzz` fails unless the fuzzer finds it: instrumentation, coverage and address checks all have to work.

@inline(never)
private func sum(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    var sum: Int32 = 0
    for index in 0..<count { sum &+= Int32(data[index]) }
    return sum
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    guard let data, size >= 4 else { return 0 }
    if data[0] == UInt8(ascii: "l"), data[1] == UInt8(ascii: "e"), data[2] == UInt8(ascii: "a"),
        data[3] == UInt8(ascii: "k")
    {
        require(sum(data, size + 1) >= 0, "the sum of bytes is negative")
    }
    return 0
}
