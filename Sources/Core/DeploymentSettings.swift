import Deployment
import Group

/// How this core deploys groups.
public enum DeploymentSettings {
    /// The same for the command that deploys and the core that loads.
    public static func deployer(_ configuration: Configuration, _ layout: Layout) -> Deployer {
        var rules = GroupRules()
        rules.rootFunctions = configuration.allowsRootFunctions
        let identities = Identities.find()
        return Deployer(
            root: layout.root, writeDirectory: configuration.writeDirectory, rules: rules,
            ownership: identities.core.map {
                DeploymentOwnership(coreGroup: $0.group, functionGroup: identities.functions.group)
            })
    }
}
