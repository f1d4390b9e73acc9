/// What a function is given of the machine besides its package: its local resources, in the terms of processes.
public struct WorkerGrants: Equatable, Sendable {
    /// A file or folder that a container shows at another place.
    public struct Volume: Equatable, Sendable {
        public var source: String
        public var destination: String
        public var isWritable: Bool

        public init(source: String, destination: String, isWritable: Bool) {
            self.source = source
            self.destination = destination
            self.isWritable = isWritable
        }
    }

    /// A device that a container shows, at the same path.
    public struct Device: Equatable, Sendable {
        public var path: String
        public var isWritable: Bool

        public init(path: String, isWritable: Bool) {
            self.path = path
            self.isWritable = isWritable
        }
    }

    /// Groups besides the function's own (LRA-07).
    public var supplementaryGroups: [UInt32] = []
    /// Those that hold others come first.
    public var volumes: [Volume] = []
    public var devices: [Device] = []
    /// Without a container: the folder that has a link for each resource, by its `DestinationPath`.
    public var linkFolder: String?

    public init() {}
}

/// The walls around a worker (LAM-13).
public struct WorkerContainer: Equatable, Sendable {
    /// Where the core's socket is inside (docs/function-protocol.md).
    public static let socketPlace = "/greengrass_ipc.sock"

    /// Host folders at their places inside, read-only: the package at `/lambda`, the runtimes at `/runtime`.
    public var folders: [WorkerGrants.Volume]
    /// The host's socket that is `/greengrass_ipc.sock` inside; nil where there is none.
    public var socket: String?
    public var volumes: [WorkerGrants.Volume]
    public var devices: [WorkerGrants.Device]
    /// `MemorySize` in bytes (LAM-07).
    public var memoryLimit: UInt64?
    /// `AccessSysfs` (LAM-19).
    public var showsSysfs: Bool
}
