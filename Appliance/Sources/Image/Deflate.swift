import CZlib

/// Bare deflate streams (RFC 1951), without the header and the check sum of gzip or zlib.
public enum Deflate {
    /// A negative size asks zlib for a bare stream: zlib.h, deflateInit2.
    private static let window: Int32 = -15
    private static let memory: Int32 = 8
    /// What is compressed or expanded at once, in bytes.
    private static let piece = 1 << 18

    /// Compresses at zlib's highest level: the same from the same bytes with the same zlib.
    public static func compress(_ bytes: [UInt8]) throws(BuildError) -> [UInt8] {
        try run(bytes, what: "compressed") { stream in
            deflateInit2_(
                stream, Z_BEST_COMPRESSION, Z_DEFLATED, window, memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
        } step: {
            deflate($0, Z_FINISH)
        } end: {
            deflateEnd($0)
        }
    }

    /// - Throws: when the stream is damaged or ends early.
    public static func expand(_ bytes: [UInt8]) throws(BuildError) -> [UInt8] {
        try run(bytes, what: "expanded") { stream in
            inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        } step: {
            inflate($0, Z_NO_FLUSH)
        } end: {
            inflateEnd($0)
        }
    }

    private typealias Call = (UnsafeMutablePointer<z_stream>) -> Int32

    private static func run(
        _ bytes: [UInt8], what: String, begin: Call, step: Call, end: Call
    ) throws(BuildError) -> [UInt8] {
        var stream = z_stream()
        guard begin(&stream) == Z_OK else { throw BuildError("zlib cannot be started. Is there memory left?") }
        defer { _ = end(&stream) }
        var source = bytes
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: piece)
        let result = source.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            while true {
                let (result, count) = buffer.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    return (step(&stream), buffer.count - Int(stream.avail_out))
                }
                output += buffer[..<count]
                // Without progress there will be none: the stream ends early.
                if result != Z_OK || count == 0 { return result }
            }
        }
        guard result == Z_STREAM_END else {
            throw BuildError("A deflate stream of \(bytes.count) bytes cannot be \(what): it is damaged or cut off.")
        }
        return output
    }
}
