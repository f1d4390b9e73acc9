import Foundation
import Log

/// A log in a folder of its own, removed with it.
final class TemporaryLog {
    private let folder: URL
    let logger: Logger

    init(threshold: LogLevel) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("messaging-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        logger = Logger(file: LogFile(path: folder.appendingPathComponent("system.log").path), threshold: threshold)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func text() throws -> String {
        let path = folder.appendingPathComponent("system.log")
        guard FileManager.default.fileExists(atPath: path.path) else { return "" }
        return try String(contentsOf: path, encoding: .utf8)
    }
}
