import Bytes

/// Takes a message's body off a buffer: by length, in chunks, or up to the end of the connection
/// (RFC 9112 sections 6.3 and 7.1).
struct HTTPBodyReader {
    private enum State {
        case fixed(remaining: Int64)
        case chunkSize
        case chunk(remaining: Int64)
        case chunkEnd
        case trailers(bytes: Int, count: Int)
        case untilClose
        case done
    }

    private var state = State.done
    private var lines = HTTPLineReader()

    mutating func startFixed(_ length: Int64) {
        state = length > 0 ? .fixed(remaining: length) : .done
    }

    mutating func startChunked() {
        state = .chunkSize
        lines = HTTPLineReader()
    }

    mutating func startUntilClose() {
        state = .untilClose
    }

    /// Whether the body may end where the connection ends.
    var endsAtClose: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// Moves what has arrived to `body`; true once the body is complete.
    mutating func read(
        from buffer: inout ByteBuffer, into body: inout [UInt8], _ limits: HTTPLimits
    ) throws(HTTPError) -> Bool {
        while true {
            switch state {
            case .done:
                return true
            case .fixed(let remaining):
                let left = move(remaining, from: &buffer, into: &body)
                state = left > 0 ? .fixed(remaining: left) : .done
                if left > 0 { return false }
            case .chunkSize:
                guard let size = try chunkSize(&buffer) else { return false }
                guard size <= limits.bodyBytes - Int64(body.count) else { throw .bodyTooLarge }
                state = size > 0 ? .chunk(remaining: size) : .trailers(bytes: 0, count: 0)
            case .chunk(let remaining):
                let left = move(remaining, from: &buffer, into: &body)
                state = left > 0 ? .chunk(remaining: left) : .chunkEnd
                if left > 0 { return false }
            case .chunkEnd:
                guard let length = try lines.line(in: buffer, limit: 0, excess: .malformedChunk) else { return false }
                buffer.consume(length + 2)
                state = .chunkSize
            case .trailers(let bytes, let count):
                guard let ended = try trailer(&buffer, bytes, count, limits) else { return false }
                if ended { state = .done }
            case .untilClose:
                guard Int64(buffer.count) <= limits.bodyBytes - Int64(body.count) else { throw .bodyTooLarge }
                _ = move(Int64(buffer.count), from: &buffer, into: &body)
                return false
            }
        }
    }

    /// Moves at most `wanted` bytes; what is still wanted after that.
    private func move(_ wanted: Int64, from buffer: inout ByteBuffer, into body: inout [UInt8]) -> Int64 {
        let count = Int(min(wanted, Int64(buffer.count)))
        body.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer.readable[..<count]))
        buffer.consume(count)
        return wanted - Int64(count)
    }

    /// `chunk-size [ chunk-ext ] CRLF`; extensions are passed over.
    private mutating func chunkSize(_ buffer: inout ByteBuffer) throws(HTTPError) -> Int64? {
        let limit = HTTPLimits.chunkLineBytes
        guard let length = try lines.line(in: buffer, limit: limit, excess: .malformedChunk) else { return nil }
        let size = try HTTPBodyReader.size(buffer.bytes.extracting(0..<length))
        buffer.consume(length + 2)
        return size
    }

    private static func size(_ line: Span<UInt8>) throws(HTTPError) -> Int64 {
        var size: Int64 = 0
        var index = 0
        while index < line.count, let digit = Hexadecimal.value(line[index]) {
            // 60 bits: one more digit fits without overflow.
            guard size >> 59 == 0 else { throw .bodyTooLarge }
            size = size << 4 | Int64(digit)
            index += 1
        }
        guard index > 0 else { throw .malformedChunk }
        while index < line.count, HTTPSyntax.isBlank(line[index]) { index += 1 }
        guard index == line.count || line[index] == UInt8(ascii: ";") else { throw .malformedChunk }
        for position in index..<line.count where !HTTPSyntax.isValueByte(line[position]) { throw .malformedChunk }
        return size
    }

    /// Passes over one trailer line, checked as a header; true at the empty one.
    private mutating func trailer(
        _ buffer: inout ByteBuffer, _ bytes: Int, _ count: Int, _ limits: HTTPLimits
    ) throws(HTTPError) -> Bool? {
        let limit = limits.headerBytes - bytes
        guard let length = try lines.line(in: buffer, limit: limit, excess: .headersTooLarge) else { return nil }
        if length > 0 {
            guard count < limits.headerCount else { throw .headersTooLarge }
            var checked = HTTPHeaders()
            try checked.append(buffer.bytes.extracting(0..<length))
            state = .trailers(bytes: bytes + length, count: count + 1)
        }
        buffer.consume(length + 2)
        return length == 0
    }
}
