/// Who is to read what a deployment made by root leaves. Nobody but root writes it.
public struct DeploymentOwnership: Sendable {
    /// The group of the core process: it reads `group.json`, which holds the functions' variables.
    public var coreGroup: UInt32
    /// The user of functions that name none (`ggc_user`).
    public var functionUser: UInt32
    /// The group of functions that name none (`ggc_group`). Each package can be read by its function's group.
    public var functionGroup: UInt32

    public init(coreGroup: UInt32, functionUser: UInt32, functionGroup: UInt32) {
        self.coreGroup = coreGroup
        self.functionUser = functionUser
        self.functionGroup = functionGroup
    }
}
