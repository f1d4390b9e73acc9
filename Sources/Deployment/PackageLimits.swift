/// Bounds on what is unpacked from a function's package.
enum PackageLimits {
    /// Bytes of all files together: Lambda's own bound on an unpacked package, 250 MB.
    static let bytes: Int64 = 262_144_000
    /// Files, directories and links together.
    static let entries = 65_536
    /// Bytes of a path inside the package; with the core's own directories before it, it stays below PATH_MAX.
    static let pathBytes = 1024
    /// Bytes of one part of a path, NAME_MAX.
    static let nameBytes = 255
    /// Directories in each other.
    static let depth = 64
    /// Most complaints about one package; the rest is counted.
    static let complaints = 20
    /// Bytes of a module that are searched for the handler.
    static let moduleBytes = 1_048_576
}
