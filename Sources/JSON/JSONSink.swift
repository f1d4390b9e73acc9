import Bytes

/// Where written JSON goes: bytes at the end of something.
public protocol JSONSink: ~Copyable {
    mutating func append(_ byte: UInt8)
    mutating func append(_ text: StaticString)
}

extension ByteBuffer: JSONSink {}

extension Array: JSONSink where Element == UInt8 {
    public mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
