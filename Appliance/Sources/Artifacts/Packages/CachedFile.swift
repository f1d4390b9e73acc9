import Foundation
import Image

/// Files of the cache whose names are their digests.
enum CachedFile {
    /// Those whose content was compared in this run.
    private final class Compared: @unchecked Sendable {
        private let lock = NSLock()
        private var paths: Set<String> = []

        func contains(_ path: String) -> Bool { lock.withLock { paths.contains(path) } }
        func insert(_ path: String) { lock.withLock { _ = paths.insert(path) } }
    }

    private static let compared = Compared()

    /// Whether a file is there; once a run it is read, and has to be what its name says.
    ///
    /// - Throws: when it has another SHA-256.
    static func exists(_ path: String, sha256: String) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        guard !compared.contains(path) else { return true }
        let found = try SHA256.hex(file: path)
        guard found == sha256 else {
            throw BuildError(
                "\(path) in the cache has the SHA-256 \(found), not that of its name: it is damaged or was changed. Delete "
                    + "it, and it is downloaded again.")
        }
        compared.insert(path)
        return true
    }
}
