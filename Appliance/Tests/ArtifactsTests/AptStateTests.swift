import Foundation
import Image
import Testing

/// The machine's own apt is asked where its sources are; nothing is downloaded.
@Suite("The configuration of apt")
struct AptStateTests {
    @Test("It is replaced in one step: who reads it meanwhile has the whole of one")
    func replaced() throws {
        let cache = "/tmp/perennial-apt-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let script = Tool(OpenWrtTests.repository + "/scripts/sdk/apt-state").keeping("PATH").with([
            "PERENNIAL_CACHE": cache
        ])
        func write() throws -> String { try script.text().trimmingCharacters(in: .newlines) }
        for path in [try write(), cache + "/apt/sources/machine.sources"] {
            let before = try #require(FileHandle(forReadingAtPath: path))
            defer { try? before.close() }
            _ = try write()
            var (old, new) = (stat(), stat())
            #expect(fstat(before.fileDescriptor, &old) == 0 && stat(path, &new) == 0)
            #expect(old.st_ino != new.st_ino)
            #expect(try before.readToEnd() == Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }
}
