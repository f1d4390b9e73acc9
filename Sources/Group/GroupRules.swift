/// What the core that is to run a group can do; the rest is refused, or accepted with a warning.
public struct GroupRules: Sendable {
    /// What functions may be written for.
    public var runtimes: [Runtime.Family] = [.python, .executable]
    /// Whether functions can run in `GreengrassContainer` mode.
    public var containers = false
    /// Whether connectors can run.
    public var connectors = false
    /// Whether `cloud` can send and receive.
    public var cloud = false
    /// Whether there is a local shadow service.
    public var shadows = false
    /// Whether secret resources can be read.
    public var secrets = false
    /// `runtime.allowFunctionsToRunAsRoot` of `config.json` (LAM-18).
    public var rootFunctions = false

    public init() {}
}
