import Image
import Testing

@testable import Artifacts

@Suite("Sources")
struct SourceLockTests {
    @Test("The lock file of sources is read as it is written, absent ones too, and a damaged line is told")
    func lock() throws {
        let files = [SourceLock.File(source: "zlib", version: "1:1.2", name: "zlib_1.2.orig.tar.gz", sha256: "0a")]
        let lock = SourceLock(archive: "ff", files: files, absent: ["acorn 8.8"])
        #expect(try SourceLock(lock.text) == lock)
        #expect(throws: BuildError.self) { try SourceLock("zlib 1:1.2\n") }
        #expect(throws: BuildError.self) { try SourceLock("zlib 1:1.2 file 0a\n") }
    }
}
