/// A file, folder or device of the machine that functions are given (access-local-resources.md, LRA-01).
public struct LocalResource: Equatable, Sendable {
    /// Which Linux group's permissions a function gets besides its own (`GroupOwnerSetting`, LRA-07).
    public enum GroupOwner: Equatable, Sendable {
        case none
        /// `AutoAddGroupOwner`: the group that owns the resource.
        case automatic
        /// `GroupOwner`: the group of that name.
        case named(String)
    }

    /// Where it is on the machine: absolute, without `.`, `..` and double slashes.
    public var source: String
    /// Where a function in a container finds it; of a device, its source.
    public var destination: String
    public var groupOwner: GroupOwner

    public init(source: String, destination: String, groupOwner: GroupOwner = .none) {
        self.source = source
        self.destination = destination
        self.groupOwner = groupOwner
    }

    /// Shared memory is the one thing below `/dev` that is a volume (LRA-03).
    static let sharedMemory = "/dev/shm"
}
