/// All that the deployed group's functions may be started with. The core tells it once, while it is still root and reads
/// nothing but root's files; whoever takes the core over later cannot get beyond it.
public struct LaunchGrants: Equatable, Sendable {
    /// Whom functions without a container run as.
    public var identities: [LaunchIdentity]
    /// Whom functions in a container run as.
    public var containerIdentities: [LaunchIdentity]
    /// The groups that resources add to some function without a container (LRA-07).
    public var supplementaryGroups: [UInt32]
    /// The groups that resources add to some function in a container: without one, the disks' would open every disk.
    public var containerGroups: [UInt32]
    /// What functions in a container may be shown, by source; a writable one may be shown read-only too.
    public var mounts: [Mount]
    public var devices: [ContainerSpecification.Device]
    /// Whether some function in a container reads `/sys`.
    public var showsSysfs: Bool
    /// Whether some function in a container has no limit of memory.
    public var mayLackMemoryLimit: Bool

    /// What may be mounted, wherever.
    public struct Mount: Equatable, Hashable, Sendable {
        public var source: String
        public var isWritable: Bool

        public init(source: String, isWritable: Bool = false) {
            self.source = source
            self.isWritable = isWritable
        }
    }

    public init(
        identities: [LaunchIdentity] = [], containerIdentities: [LaunchIdentity] = [],
        supplementaryGroups: [UInt32] = [], containerGroups: [UInt32] = [], mounts: [Mount] = [],
        devices: [ContainerSpecification.Device] = [], showsSysfs: Bool = false, mayLackMemoryLimit: Bool = false
    ) {
        self.identities = identities
        self.containerIdentities = containerIdentities
        self.supplementaryGroups = supplementaryGroups
        self.containerGroups = containerGroups
        self.mounts = mounts
        self.devices = devices
        self.showsSysfs = showsSysfs
        self.mayLackMemoryLimit = mayLackMemoryLimit
    }

    func allows(_ mount: ContainerSpecification.Mount) -> Bool {
        mounts.contains { $0.source == mount.source && ($0.isWritable || !mount.isWritable) }
    }

    func allows(_ device: ContainerSpecification.Device) -> Bool {
        devices.contains { $0.path == device.path && ($0.isWritable || !device.isWritable) }
    }
}
