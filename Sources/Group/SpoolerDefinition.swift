/// How messages to the cloud are queued: the group's `GGCloudSpooler` function, or V1's defaults without one
/// (gg-core.md, rows SPOOL-01 to SPOOL-06).
public struct SpoolerDefinition: Equatable, Sendable {
    public enum Storage: Sendable {
        case memory
        case fileSystem
    }

    /// GG_CONFIG_STORAGE_TYPE; nil leaves it to the core.
    public var storage: Storage?
    /// GG_CONFIG_MAX_SIZE_BYTES.
    public var maximumBytes: Int64 = SpoolerDefinition.defaultBytes
    /// GG_CONFIG_SUBSCRIPTION_QUALITY is `AtLeastOncePersistent` (row B-11; since V1.10).
    public var isPersistent = false

    /// "The default size is 2.5 MB."
    public static let defaultBytes: Int64 = 2_621_440
    /// "any non-negative integer greater than or equal to 262144 (256 KB)"
    public static let leastBytes: Int64 = 262_144
    /// Beyond it a number is a mistake: 1 TiB.
    static let mostBytes: Int64 = 1 << 40

    public init() {}
}
