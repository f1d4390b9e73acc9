/// Storage that buffers share: each has some only while something is in it, and what one has emptied is still in the
/// processor's cache when the next one fills it.
public final class BufferPool {
    private struct Spare {
        let base: UnsafeMutablePointer<UInt8>
        let capacity: Int
    }

    /// Storage above this is not kept, nor are more bytes than `mostBytes` in all.
    private static let largest = 262_144
    private static let mostBytes = 4_194_304

    /// The last one that came is the next one that goes.
    private var spares: [Spare] = []
    public private(set) var bytes = 0
    /// How many were there at least since the last `trim()`.
    private var unused = 0

    public init() {}

    deinit {
        for spare in spares { spare.base.deallocate() }
    }

    public var isEmpty: Bool { spares.isEmpty }

    /// Gives back what was not used since it was last called.
    public func trim() {
        for spare in spares[..<unused] {
            bytes -= spare.capacity
            spare.base.deallocate()
        }
        spares.removeFirst(unused)
        unused = spares.count
        if spares.isEmpty { spares = [] }
    }

    func take(_ size: Int) -> (UnsafeMutablePointer<UInt8>, Int) {
        guard let spare = spares.popLast() else { return (.allocate(capacity: size), size) }
        unused = min(unused, spares.count)
        bytes -= spare.capacity
        if spare.capacity >= size { return (spare.base, spare.capacity) }
        spare.base.deallocate()
        return (.allocate(capacity: size), size)
    }

    func put(_ base: UnsafeMutablePointer<UInt8>, _ capacity: Int) {
        guard capacity <= Self.largest, bytes + capacity <= Self.mostBytes else { return base.deallocate() }
        bytes += capacity
        spares.append(Spare(base: base, capacity: capacity))
    }
}
