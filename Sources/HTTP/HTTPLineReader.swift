import Bytes

/// Finds the lines of a message's head in a buffer that grows; what was looked at is not looked at again.
struct HTTPLineReader {
    private var scanned = 0

    /// The length without CR LF of the line at the front of the buffer, or nil where it is not complete yet. Consume it
    /// together with its CR LF before the next call.
    ///
    /// - Throws: `bareLineBreak`, or `excess` where the line is longer than `limit`.
    mutating func line(
        in buffer: borrowing ByteBuffer, limit: Int, excess: HTTPError
    ) throws(HTTPError) -> Int? {
        let bytes = buffer.bytes
        while scanned < bytes.count {
            let byte = bytes[scanned]
            if byte == 0x0A { throw .bareLineBreak }
            if byte == 0x0D {
                guard scanned + 1 < bytes.count else { return nil }
                guard bytes[scanned + 1] == 0x0A else { throw .bareLineBreak }
                let length = scanned
                scanned = 0
                return length
            }
            scanned += 1
            if scanned > limit { throw excess }
        }
        return nil
    }
}
