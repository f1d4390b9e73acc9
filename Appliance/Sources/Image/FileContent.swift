import Foundation

/// What a file holds: bytes, or a file of this machine that is read when it is written out.
public enum FileContent: Equatable, Sendable {
    case bytes([UInt8])
    /// A file of this machine by its path, with its size in bytes as it was found.
    case path(String, size: Int)

    /// - Throws: when there is no such file.
    public static func file(_ path: String) throws(BuildError) -> FileContent {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw BuildError("There is no file \(path): \(String(cString: strerror(errno))).")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw BuildError("\(path) is no file.") }
        return .path(path, size: Int(status.st_size))
    }

    /// In bytes.
    public var size: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .path(_, let size): size
        }
    }

    /// Gives the content piece by piece.
    ///
    /// - Throws: when the file cannot be read, or has not the size that it had.
    public func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch self {
        case .bytes(let bytes): try bytes.withUnsafeBytes(body)
        case .path(let path, let size):
            guard let file = FileHandle(forReadingAtPath: path) else { throw BuildError("\(path) cannot be read.") }
            defer { try? file.close() }
            var count = 0
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                count += piece.count
                try piece.withUnsafeBytes(body)
            }
            guard count == size else { throw BuildError("\(path) changed while it was read. Build again.") }
        }
    }

    /// All of it.
    public func load() throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        try read { bytes += $0 }
        return bytes
    }
}
