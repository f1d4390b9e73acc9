/// The process of a worker, as the launcher is to make it.
public struct WorkerSpecification: Sendable {
    /// Absolute path.
    public var executable: String
    /// Without the name of the program itself.
    public var arguments: [String]
    /// The whole environment: nothing else is passed on.
    public var environment: [(name: String, value: String)]
    public var workingDirectory: String
    /// nil: `ggc_user`, where the launcher may change users at all.
    public var userID: UInt32?
    /// nil: `ggc_group`.
    public var groupID: UInt32?
    /// Groups besides that one.
    public var supplementaryGroups: [UInt32] = []
    /// nil: a plain process.
    public var container: WorkerContainer?

    public init(
        executable: String, arguments: [String], environment: [(name: String, value: String)],
        workingDirectory: String, userID: UInt32? = nil, groupID: UInt32? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.userID = userID
        self.groupID = groupID
    }
}
