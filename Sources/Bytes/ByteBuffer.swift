/// A queue of bytes: written at the end, read from the front.
///
/// Reading never copies: `readable` and `bytes` look into the storage until the next mutation, and `consume(_:)` moves
/// the front. The storage is owned alone (the type cannot be copied), so a connection's buffer is never duplicated by
/// accident, and it is reused for the connection's life.
public struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var head = 0
    private var tail = 0
    /// The largest storage that an empty buffer keeps.
    private let kept: Int

    /// - Parameters:
    ///   - capacity: bytes to reserve now; 0 reserves nothing until the first write.
    ///   - kept: storage above this is given back when nothing is left in it.
    public init(capacity: Int = 0, keeping kept: Int = 65_536) {
        self.capacity = capacity
        self.kept = kept
        base = .allocate(capacity: capacity)
    }

    deinit {
        base.deallocate()
    }

    /// The bytes waiting to be read.
    public var count: Int { tail - head }

    public var isEmpty: Bool { tail == head }

    /// The bytes waiting to be read; valid until the next mutation of the buffer.
    public var readable: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + head, count: tail - head)
    }

    /// The bytes waiting to be read, as a span that cannot outlive the borrow.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            let span = Span<UInt8>(_unsafeStart: base + head, count: tail - head)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// A copy of the bytes waiting to be read.
    public func copy() -> [UInt8] {
        [UInt8](readable)
    }

    /// Drops bytes from the front. Storage above a bound is given back when nothing is left, so that one large message
    /// does not cost memory for the connection's whole life.
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= tail - head, "consumed more bytes than there are")
        head += count
        if head == tail {
            head = 0
            tail = 0
            if capacity > kept { releaseStorage() }
        }
    }

    /// Gives the storage back where nothing is left in it.
    public mutating func releaseStorage() {
        guard isEmpty, capacity > 0 else { return }
        base.deallocate()
        capacity = 0
        base = .allocate(capacity: 0)
    }

    public mutating func removeAll() {
        consume(count)
    }

    /// Room at the end for at least `minimum` bytes; follow with `commit(_:)`.
    public mutating func prepareToWrite(minimum: Int) -> UnsafeMutableRawBufferPointer {
        reserve(minimum)
        return UnsafeMutableRawBufferPointer(start: base + tail, count: capacity - tail)
    }

    /// Makes the first `count` bytes of the prepared room readable.
    public mutating func commit(_ count: Int) {
        precondition(count >= 0 && tail + count <= capacity, "committed more bytes than were prepared")
        tail += count
    }

    public mutating func append(_ byte: UInt8) {
        reserve(1)
        base[tail] = byte
        tail += 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        UnsafeMutableRawPointer(base + tail).copyMemory(from: source, byteCount: bytes.count)
        tail += bytes.count
    }

    public mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    public mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBytes { append($0) }
    }

    public mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(utf8 text: String) {
        for byte in text.utf8 { append(byte) }
    }

    /// Appends two bytes, most significant first (network order).
    public mutating func append(bigEndian value: UInt16) {
        append(UInt8(value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    /// Appends the number in decimal digits.
    public mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var index = 20
        repeat {
            index -= 1
            digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
        } while magnitude != 0
        for position in index..<20 { append(digits[position]) }
    }

    private mutating func reserve(_ extra: Int) {
        if tail + extra <= capacity { return }
        let used = tail - head
        if head > 0, used + extra <= capacity, head >= used {
            base.update(from: base + head, count: used)
        } else {
            let grown = max(used + extra, capacity * 2, 256)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
            larger.update(from: base + head, count: used)
            base.deallocate()
            base = larger
            capacity = grown
        }
        head = 0
        tail = used
    }
}
