/// How messages to the cloud, and persistent ones from it, are kept.
public struct SpoolSettings: Sendable {
    public enum Storage: Equatable, Sendable {
        case memory
        /// In a file in this folder, which belongs to the core alone.
        case folder(String)
    }

    public var storage: Storage
    /// GG_CONFIG_MAX_SIZE_BYTES: topics and payloads that wait, in each direction.
    public var maximumBytes: Int64
    /// How long a message is held back from the disk while the cloud may still confirm it, nanoseconds.
    public var hold: Int64 = 50_000_000
    /// How long finished messages may stay on the disk while nothing else is written, nanoseconds. A crash sends them to the
    /// cloud again.
    public var deletionDelay: Int64 = 1_000_000_000
    /// Finished messages on the disk that are deleted at once.
    public var deletionRows: Int64 = 500
    /// Of what is on the disk, kept in memory too.
    public var windowBytes: Int64 = 128 * 1024
    /// Most bytes that wait in memory for a disk that is slow or refuses. Not less than one message.
    public var unstoredBytes: Int64 = 4 * 1024 * 1024
    /// Bytes written in one transaction; a larger message makes one of its own.
    public var batchBytes: Int64 = 512 * 1024
    /// First and longest pause after the disk has refused, nanoseconds.
    public var firstRetry: Int64 = 1_000_000_000
    public var longestRetry: Int64 = 60_000_000_000
    /// Another layer to the file system, for tests of it.
    public var fileSystem: String?

    /// V1's default (row SPOOL-03; guide: gg-core.md, "2.5 MB").
    public static let defaultBytes: Int64 = 2_621_440

    public init(storage: Storage, maximumBytes: Int64 = SpoolSettings.defaultBytes) {
        self.storage = storage
        self.maximumBytes = maximumBytes
    }
}
