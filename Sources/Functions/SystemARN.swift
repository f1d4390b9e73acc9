/// The names under which the core's own services are invoked (docs/function-protocol.md): no region, no account, always the
/// partition `aws`.
public enum SystemARN {
    /// Publishing is an invocation of the router (row SDK-04).
    public static let router = "arn:aws:lambda:::function:GGRouter"
    public static let shadow = "arn:aws:lambda:::function:GGShadowService"
    public static let secrets = "arn:aws:lambda:::function:GGSecretManager:1"
    static let prefix = "arn:aws:lambda:::function:"
}
