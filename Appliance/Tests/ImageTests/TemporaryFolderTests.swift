import Foundation
import Testing

@testable import Image

@Suite("Temporary folders")
struct TemporaryFolderTests {
    @Test("Each is new, and its user's alone")
    func own() throws {
        let folders = try (0..<2).map { _ in try TemporaryFolder.make("perennial-test") }
        defer { for folder in folders { try? FileManager.default.removeItem(atPath: folder) } }
        #expect(folders[0] != folders[1] && folders.allSatisfy { $0.hasPrefix("/tmp/perennial-test-") })
        for folder in folders {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }
}
