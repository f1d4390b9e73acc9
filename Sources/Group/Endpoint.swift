/// Where a message comes from or goes to: one end of a subscription (guide: connectors-cli.md, what-is-gg.md).
public enum Endpoint: Hashable, Sendable {
    /// A device of the group, by its thing name.
    case device(String)
    /// A Lambda function, by its ARN qualified with a version
    /// (`arn:aws:lambda:us-west-2:123456789012:function:Name:3`). Aliases are resolved before this is made.
    case function(String)
    /// A connector, by its ARN (`arn:aws:greengrass:us-west-2::/connectors/Name/versions/1`).
    case connector(String)
    /// The cloud's message broker: the literal `cloud`.
    case cloud
    /// The local shadow service: the literal `GGShadowService`.
    case shadow
}

extension Endpoint: CustomStringConvertible {
    /// The end as messages for people name it.
    public var description: String {
        switch self {
        case .device(let thingName): "device \(thingName)"
        case .function(let arn): "function \(arn)"
        case .connector(let arn): "connector \(arn)"
        case .cloud: "cloud"
        case .shadow: "GGShadowService"
        }
    }
}
