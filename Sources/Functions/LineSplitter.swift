/// Cuts a stream into lines of bounded length, without a clock or a descriptor.
struct LineSplitter {
    /// Longest line kept; of a longer one the end is dropped and its length told.
    static let longestLine = 8000

    private var line: [UInt8] = []
    private var dropped: Int64 = 0

    /// Takes bytes and hands over each complete line without its newline (and without the CR of a CR LF).
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ visit: ([UInt8]) -> Void) {
        for byte in bytes {
            if byte == 0x0A {
                emit(visit)
            } else if line.count < Self.longestLine {
                line.append(byte)
            } else {
                dropped += 1
            }
        }
    }

    /// Hands over what is left without a newline: the stream has ended.
    mutating func flush(_ visit: ([UInt8]) -> Void) {
        if !line.isEmpty { emit(visit) }
    }

    private mutating func emit(_ visit: ([UInt8]) -> Void) {
        if dropped > 0 { line.append(contentsOf: " … (\(dropped) more bytes)".utf8) }
        if line.last == 0x0D { line.removeLast() }
        visit(line)
        line.removeAll(keepingCapacity: line.count <= 1024)
        dropped = 0
    }
}
