import Bytes
import Testing

@Suite("storage that connections share")
struct BufferPoolTests {
    @Test("what one buffer has emptied the next one fills, and bytes stay what they are")
    func shared() {
        let pool = BufferPool()
        var first = ByteBuffer(pool: pool)
        var second = ByteBuffer(pool: pool)
        first.append([1, 2, 3])
        let place = first.readable.baseAddress
        #expect(pool.isEmpty)
        first.consume(3)
        #expect(!pool.isEmpty && first.readable.isEmpty && first.bytes.count == 0)
        second.append([4, 5])
        #expect(second.readable.baseAddress == place && pool.isEmpty)
        first.append([6])
        #expect(second.copy() == [4, 5] && first.copy() == [6])
    }

    @Test("a spare that is too small is replaced")
    func grown() {
        let pool = BufferPool()
        var buffer = ByteBuffer(pool: pool)
        buffer.append([1])
        buffer.removeAll()
        let large = [UInt8](repeating: 7, count: 100_000)
        buffer.append([9])
        buffer.append(large)
        #expect(buffer.copy() == [9] + large)
        buffer.consume(50_000)
        buffer.append(large)
        #expect(buffer.count == 150_001)
        buffer.removeAll()
        #expect(!pool.isEmpty)
    }

    @Test("what nobody has needed since the last look is given back, what was needed stays")
    func trimmed() {
        let pool = BufferPool()
        do {
            var buffers = ByteBuffer(pool: pool)
            var others = ByteBuffer(pool: pool)
            buffers.append([1])
            others.append([1])
        }
        // Both came back after the last look: they get until the next one.
        pool.trim()
        var used = ByteBuffer(pool: pool)
        used.append([1])
        used.removeAll()
        pool.trim()
        #expect(!pool.isEmpty)
        pool.trim()
        #expect(pool.isEmpty)
    }

    @Test("it keeps nothing that is large")
    func large() {
        let pool = BufferPool()
        var large = ByteBuffer(pool: pool)
        large.append([UInt8](repeating: 0, count: 262_145))
        large.removeAll()
        #expect(pool.isEmpty)
    }

    @Test("it keeps 4 MB at most, again and again")
    func bounded() {
        final class Owner {
            var buffer: ByteBuffer
            init(_ pool: BufferPool) { buffer = ByteBuffer(pool: pool) }
        }
        let pool = BufferPool()
        for _ in 0..<3 {
            let owners = (0..<20).map { _ in Owner(pool) }
            for owner in owners { owner.buffer.append([UInt8](repeating: 0, count: 262_144)) }
            #expect(pool.isEmpty)
            for owner in owners { owner.buffer.removeAll() }
            #expect(pool.bytes == 16 * 262_144)
            pool.trim()
            pool.trim()
            #expect(pool.isEmpty && pool.bytes == 0)
        }
    }

    @Test("bytes that wait do not hold much more storage than they need")
    func fitted() {
        let pool = BufferPool()
        var buffer = ByteBuffer(pool: pool)
        buffer.append([UInt8](repeating: 1, count: 200_000))
        buffer.consume(199_998)
        buffer.append([2])
        #expect(pool.isEmpty)
        buffer.fit()
        #expect(pool.bytes >= 200_000)
        #expect(buffer.copy() == [1, 1, 2])
        buffer.append([3])
        buffer.fit()
        #expect(buffer.copy() == [1, 1, 2, 3])
    }
}
