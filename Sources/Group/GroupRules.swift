/// What the core that is to run a group can do; the rest is refused, or accepted with a warning.
public struct GroupRules: Sendable {
    /// What functions may be written for.
    public var runtimes: [Runtime.Family] = [.python, .nodejs, .java, .executable]
    /// Whether functions can run in `GreengrassContainer` mode.
    public var containers = false
    /// What the machine lacks for containers: a sentence without its full stop, for messages.
    public var containerProblem = "this core has no container mode"
    /// `runtime.fallBackToNoContainer` of `config.json`: where there are no containers, a function that is to have one
    /// runs without it.
    public var fallsBackToNoContainer = false
    /// Whether connectors can run.
    public var connectors = false
    /// Whether `cloud` can send and receive: `coreThing.iotHost` of `config.json` names one.
    public var cloud = false
    /// Whether there is a local shadow service.
    public var shadows = false
    /// Whether secret resources can be read.
    public var secrets = false
    /// `runtime.allowFunctionsToRunAsRoot` of `config.json` (LAM-18).
    public var rootFunctions = false
    /// The core's own folders, which no container shows.
    public var hiddenFolders: [String] = []

    public init() {}
}
