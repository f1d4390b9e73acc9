import CLinux
import Linux
import Log

/// A log in a folder of its own, removed with it.
final class TemporaryLog {
    private let folder: String
    private let path: String
    let logger: Logger

    init(threshold: LogLevel) throws {
        var template = Array("/tmp/messaging-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a temporary folder") }
        folder = template.withUnsafeBufferPointer { characters in
            String(decoding: characters.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        path = Path.join(folder, "system.log")
        logger = Logger(file: LogFile(path: path), threshold: threshold)
    }

    deinit {
        try? Files.removeTree(folder)
    }

    func text() throws -> String {
        guard Files.exists(path) else { return "" }
        return String(decoding: try Files.read(path, limit: 10_000_000), as: UTF8.self)
    }
}
