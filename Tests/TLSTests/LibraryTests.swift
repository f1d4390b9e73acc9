import COpenSSL
import Testing

@testable import TLS

@_silgen_name("malloc_usable_size")
private func usableSize(_ block: UnsafeMutableRawPointer) -> Int

@Suite("OpenSSL's memory")
struct LibraryTests {
    @Test("The buffer of a TLS record that is given back is kept for the next one, and has a size of its own")
    func keptBuffers() throws {
        Library.begin()
        let record = try #require(CRYPTO_malloc(17_000, #file, #line))
        // Without our functions a block has the size that was asked for, rounded up by a few bytes.
        #expect(usableSize(record) >= 18_432)
        CRYPTO_free(record, #file, #line)
        let next = try #require(CRYPTO_malloc(16_700, #file, #line))
        #expect(next == record)
        CRYPTO_free(next, #file, #line)
        let other = try #require(CRYPTO_malloc(4_000, #file, #line))
        #expect(usableSize(other) < 18_432)
        CRYPTO_free(other, #file, #line)
    }
}
