/// A queue of bytes: written at the end, read from the front.
///
/// Reading never copies: `readable` and `bytes` look into the storage until the next mutation, and `consume(_:)` moves
/// the front. The storage is owned alone (the type cannot be copied), so a connection's buffer is never duplicated by
/// accident, and it is reused for the connection's life.
public struct ByteBuffer: ~Copyable {
    /// nil while there is no storage.
    private var base: UnsafeMutablePointer<UInt8>?
    private var capacity: Int
    private var head = 0
    private var tail = 0
    /// Where storage comes from and goes to when nothing is left in it; nil: it stays.
    private let pool: BufferPool?

    /// Storage of this size is never too large for what is in it.
    private static let roomy = 8_192
    /// Storage above this is given back when nothing is left in it.
    private static let kept = 65_536

    /// - Parameter capacity: bytes to reserve now; 0 reserves nothing until the first write.
    public init(capacity: Int = 0) {
        self.capacity = capacity
        pool = nil
        base = capacity == 0 ? nil : .allocate(capacity: capacity)
    }

    /// A buffer that has storage only while something is in it.
    public init(pool: BufferPool) {
        capacity = 0
        self.pool = pool
    }

    deinit {
        guard let base else { return }
        if let pool { pool.put(base, capacity) } else { base.deallocate() }
    }

    /// The bytes waiting to be read.
    public var count: Int { tail - head }

    public var isEmpty: Bool { tail == head }

    /// The bytes waiting to be read; valid until the next mutation of the buffer.
    public var readable: UnsafeRawBufferPointer {
        guard let base else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + head, count: tail - head)
    }

    /// The bytes waiting to be read, as a span that cannot outlive the borrow.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            let span = Span<UInt8>(
                _unsafeElements: UnsafeBufferPointer(start: base.map { $0 + head }, count: tail - head))
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
            if pool != nil || capacity > Self.kept { releaseStorage() }
        }
    }

    /// Gives the storage back where nothing is left in it.
    public mutating func releaseStorage() {
        guard isEmpty, let base else { return }
        giveBack(base)
        self.base = nil
        capacity = 0
    }

    /// Moves bytes that have to wait from storage that is much larger than they are into storage of their size: what is
    /// counted is bytes, and what is held should be about as much.
    public mutating func fit() {
        guard let base, capacity > Self.roomy, capacity / 8 > count, count > 0 else { return }
        let size = max(count * 2, 256)
        let smaller = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        smaller.update(from: base + head, count: count)
        giveBack(base)
        tail = count
        head = 0
        self.base = smaller
        capacity = size
    }

    public mutating func removeAll() {
        consume(count)
    }

    /// Room at the end for at least `minimum` bytes; follow with `commit(_:)`.
    public mutating func prepareToWrite(minimum: Int) -> UnsafeMutableRawBufferPointer {
        let end = reserve(minimum)
        return UnsafeMutableRawBufferPointer(start: end, count: capacity - tail)
    }

    /// Makes the first `count` bytes of the prepared room readable.
    public mutating func commit(_ count: Int) {
        precondition(count >= 0 && tail + count <= capacity, "committed more bytes than were prepared")
        tail += count
    }

    public mutating func append(_ byte: UInt8) {
        reserve(1).pointee = byte
        tail += 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        UnsafeMutableRawPointer(reserve(bytes.count)).copyMemory(from: source, byteCount: bytes.count)
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

    private func giveBack(_ base: UnsafeMutablePointer<UInt8>) {
        if let pool { pool.put(base, capacity) } else { base.deallocate() }
    }

    /// Makes room behind the bytes.
    /// - Returns: where they end.
    private mutating func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
        if let base, tail + extra <= capacity { return base + tail }
        return makeRoom(extra)
    }

    private mutating func makeRoom(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
        let used = tail - head
        defer {
            head = 0
            tail = used
        }
        if let base, head > 0, used + extra <= capacity, head >= used {
            base.update(from: base + head, count: used)
            return base + used
        }
        let (larger, size) = allocate(max(used + extra, capacity * 2, 256))
        if let base {
            larger.update(from: base + head, count: used)
            base.deallocate()
        }
        base = larger
        capacity = size
        return larger + used
    }

    private func allocate(_ size: Int) -> (UnsafeMutablePointer<UInt8>, Int) {
        if capacity == 0, let pool { return pool.take(size) }
        return (.allocate(capacity: size), size)
    }
}
