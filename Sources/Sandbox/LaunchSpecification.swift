/// What the core asks the supervisor to start.
///
/// The supervisor treats it as hostile: it is a record of fixed layout (`LaunchRecords.swift`), bounded in
/// every part, and what it may ask for is decided by `LaunchPolicy` alone.
public struct LaunchSpecification: Equatable, Sendable {
    /// The core's number for the process; the supervisor uses it in its answers.
    public var worker: UInt32
    /// An absolute path.
    public var executable: String
    /// `argv`, the first one included.
    public var arguments: [String]
    /// `NAME=value` each.
    public var environment: [String]
    /// An absolute path.
    public var workingDirectory: String
    /// Whom the process runs as; ignored when the supervisor itself is not root.
    public var user: UInt32
    public var group: UInt32
    /// The groups the process has besides (LRA-07).
    public var supplementaryGroups: [UInt32]
    /// nil: a plain process (`NoContainer`).
    public var container: ContainerSpecification?

    /// Groups a process can get besides its own.
    public static let mostSupplementaryGroups = 32

    public init(
        worker: UInt32, executable: String, arguments: [String], environment: [String], workingDirectory: String,
        user: UInt32, group: UInt32, supplementaryGroups: [UInt32] = [], container: ContainerSpecification? = nil
    ) {
        self.worker = worker
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.group = group
        self.supplementaryGroups = supplementaryGroups
        self.container = container
    }
}
