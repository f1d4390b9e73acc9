/// What the supervisor allows a core to start. It comes from root-owned configuration, never from the core.
public struct LaunchPolicy: Sendable {
    /// Whether functions may run as user or group 0 (`runtime.allowFunctionsToRunAsRoot`, row LAM-18).
    public var allowsRoot: Bool
    /// The core's own identity, which no function gets: it could trace the core otherwise.
    public var coreUser: UInt32?
    /// Whom the deployed group's functions run as; nil until it is known.
    public var identities: [LaunchIdentity]?
    /// Most processes at one time.
    public var mostProcesses: Int

    public init(allowsRoot: Bool, coreUser: UInt32?, identities: [LaunchIdentity]? = nil, mostProcesses: Int = 1024) {
        self.allowsRoot = allowsRoot
        self.coreUser = coreUser
        self.identities = identities
        self.mostProcesses = mostProcesses
    }

    /// Why a launch is refused, or nil when it is allowed.
    public func refusal(of specification: LaunchSpecification, running: Int) -> String? {
        if running >= mostProcesses { return "\(running) processes are running, which is the most allowed" }
        if !allowsRoot, specification.user == 0 || specification.group == 0 {
            return "it would run as root: set runtime.allowFunctionsToRunAsRoot to \"yes\" in config.json to allow that"
        }
        if let coreUser, specification.user == coreUser { return "it would run as the core's own user \(coreUser)" }
        // A core that was taken over must not get at other users' files, nor at a group like disk's or docker's.
        if identities?.contains(LaunchIdentity(user: specification.user, group: specification.group)) != true {
            return "no function of the deployed group runs as user \(specification.user) with group "
                + "\(specification.group)"
        }
        if !specification.executable.hasPrefix("/") {
            return "the executable \(specification.executable) is no absolute path"
        }
        if !specification.workingDirectory.hasPrefix("/") {
            return "the working directory \(specification.workingDirectory) is no absolute path"
        }
        if specification.arguments.isEmpty { return "it has no arguments, not even its name" }
        return nil
    }
}
