import Deployment
import Group
import Linux

/// How this core deploys groups.
public enum DeploymentSettings {
    /// The same for the command that deploys and the core that loads.
    /// - Parameters:
    ///   - containers: whether a group may ask for them.
    ///   - compiler: what compiles functions' code; only for who deploys.
    public static func deployer(
        _ configuration: Configuration, _ layout: Layout, containers: ContainerSupport,
        compiler: (any BytecodeCompiler)? = nil
    ) -> Deployer {
        var rules = GroupRules()
        rules.cloud = configuration.iotHost != nil
        rules.rootFunctions = configuration.allowsRootFunctions
        let problem = containers.problem(layout)
        rules.containers = problem == nil
        if let problem { rules.containerProblem = problem }
        rules.fallsBackToNoContainer = configuration.fallsBackToNoContainer
        rules.hiddenFolders = [layout.root, layout.writable].flatMap { [$0, Files.resolve($0)] }
        let identities = Identities.find()
        return Deployer(
            root: layout.root, writeDirectory: configuration.writeDirectory, rules: rules,
            ownership: identities.core.map {
                DeploymentOwnership(
                    coreGroup: $0.group, functionUser: identities.functions.user,
                    functionGroup: identities.functions.group)
            }, compiler: compiler)
    }
}
