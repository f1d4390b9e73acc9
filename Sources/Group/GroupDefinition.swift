/// What a group is: the validated content of a `group.json`, with V1's defaults filled in.
///
/// The shapes are those of the definition versions of the Greengrass V1 API; docs/group-folder.md describes the file.
public struct GroupDefinition: Equatable, Sendable {
    /// The group's ID, where `group.json` gives one: functions see it as `GROUP_ID`.
    public var id: String?
    /// The group's name, where `group.json` gives one: functions see it as `AWS_GREENGRASS_GROUP_NAME`.
    public var name: String?
    /// At most one (LIM-01).
    public var cores: [CoreDefinition] = []
    public var devices: [DeviceDefinition] = []
    public var functions: [FunctionDefinition] = []
    public var subscriptions: [Subscription] = []
    public var resources: [ResourceDefinition] = []
    public var connectors: [ConnectorDefinition] = []
    public var loggers: [LoggerDefinition] = []
    /// The queue of messages to the cloud.
    public var spooler = SpoolerDefinition()
    /// The group's `DefaultConfig` for functions, already applied to `functions`.
    public var defaultExecution = DefaultExecution()

    /// The empty group: what `{}` says (INST-13).
    public init() {}

    /// The local resources of a function, in the order of its policies (LRA-01, LAM-21).
    public func localResources(
        of function: FunctionDefinition
    ) -> [(resource: ResourceDefinition, local: LocalResource, access: FunctionDefinition.ResourceAccess)] {
        var found: [(resource: ResourceDefinition, local: LocalResource, access: FunctionDefinition.ResourceAccess)] =
            []
        for access in function.resourceAccess {
            for resource in resources where resource.id == access.resourceID {
                if let local = resource.local { found.append((resource, local, access)) }
            }
        }
        return found
    }
}
