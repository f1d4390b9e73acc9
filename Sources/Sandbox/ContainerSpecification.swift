/// What a function sees and may have in its container (`GreengrassContainer`, rows LAM-07, LAM-12, LAM-19, LRA-01).
///
/// Everything else is the same for all: the host's files read-only with the core's own tree masked, a private `/tmp`,
/// the `/proc` of its own processes, the common devices, no capability and a filter of system calls (docs/sandbox.md).
public struct ContainerSpecification: Equatable, Sendable {
    /// A file or folder of the host at a place of the container.
    public struct Mount: Equatable, Hashable, Sendable {
        /// Absolute; `LaunchPolicy` allows it only when the core named it while it was root.
        public var source: String
        /// Absolute, without `.`, `..` and empty parts. What is missing on the way there is made, but for places inside
        /// another mount.
        public var destination: String
        public var isWritable: Bool

        public init(source: String, destination: String, isWritable: Bool = false) {
            self.source = source
            self.destination = destination
            self.isWritable = isWritable
        }
    }

    /// A device of the host, which appears at the same path with the same owner and mode.
    public struct Device: Equatable, Hashable, Sendable {
        /// Below `/dev`; `LaunchPolicy` allows it only when the core named it while it was root.
        public var path: String
        public var isWritable: Bool

        public init(path: String, isWritable: Bool = false) {
            self.path = path
            self.isWritable = isWritable
        }
    }

    /// `/lambda`, `/runtime`, the socket of the local endpoint and the volumes of resources.
    public var mounts: [Mount]
    public var devices: [Device]
    /// Bytes that the function's processes may have in memory together, files in their `/tmp` included; nil is no limit.
    public var memoryLimit: UInt64?
    /// Whether the host's `/sys` can be read (`AccessSysfs`, LAM-19).
    public var showsSysfs: Bool

    public init(
        mounts: [Mount] = [], devices: [Device] = [], memoryLimit: UInt64? = nil, showsSysfs: Bool = false
    ) {
        self.mounts = mounts
        self.devices = devices
        self.memoryLimit = memoryLimit
        self.showsSysfs = showsSysfs
    }

    /// V1 allows 10 resources a function (lra-cli.md, LRA-10); the package, the runtime and the socket come to them.
    public static let mostMounts = 64
    public static let mostDevices = 32
}
