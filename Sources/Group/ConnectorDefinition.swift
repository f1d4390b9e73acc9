/// A connector of the group (`Connectors[]` of a connector definition version; guide: connectors-cli.md).
public struct ConnectorDefinition: Equatable, Sendable {
    public var id: String
    public var arn: String

    public init(id: String, arn: String) {
        self.id = id
        self.arn = arn
    }
}
