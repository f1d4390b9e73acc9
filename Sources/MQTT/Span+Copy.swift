extension [UInt8] {
    /// A copy of the bytes.
    init(copying span: Span<UInt8>) {
        self = span.withUnsafeBufferPointer { [UInt8]($0) }
    }
}
