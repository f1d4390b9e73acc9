import Deployment
import Group
import Linux
import Sandbox

/// The group that is deployed on this core now.
struct DeployedGroup {
    let group: GroupDefinition
    let deployment: String?
    /// Where the functions' packages are.
    let packages: String
    /// Why the deployed group cannot be used, or empty. The core then serves without one, so that its status and a new
    /// deployment are possible.
    let problem: String
    let notices: [String]

    /// Whom the functions run as, each identity once.
    func launchIdentities(_ identities: Identities) -> [LaunchIdentity] {
        var all: Set<LaunchIdentity> = []
        for function in group.functions {
            all.insert(identities.identity(function.runAs.userID, function.runAs.groupID))
        }
        return Array(all)
    }

    static func load(_ setup: DaemonSetup) -> DeployedGroup {
        let deployer = DeploymentSettings.deployer(setup.configuration, setup.layout)
        do throws(DeploymentError) {
            guard let loaded = try deployer.loadCurrent() else {
                return DeployedGroup(
                    group: GroupDefinition(), deployment: nil, packages: "/", problem: "",
                    notices: [DeploymentError.nothingDeployed.description])
            }
            return DeployedGroup(
                group: loaded.group, deployment: loaded.id.description, packages: loaded.packagesDirectory, problem: "",
                notices: ["Runs deployment \(loaded.id.description)."])
        } catch {
            return DeployedGroup(
                group: GroupDefinition(), deployment: nil, packages: "/", problem: error.description, notices: [])
        }
    }
}

extension SetupError {
    /// What hindered serving, with what helps where a port is taken.
    static func serving(_ error: SystemError, _ setup: DaemonSetup) -> SetupError {
        guard error.code == 98 else { return SetupError("The core cannot serve", error) }
        let configuration = setup.configuration
        let isMQTT = error.step.hasSuffix("port \(configuration.mqttPort)")
        let key = isMQTT ? "coreThing.ggMqttPort" : "coreThing.ggDaemonPort"
        let port = isMQTT ? configuration.mqttPort : configuration.daemonPort
        return SetupError(
            "The core cannot \(error.step): another process has it. `ss -ltnp 'sport = :\(port)'` shows which; stop "
                + "it, or set \(key) in \(setup.layout.configurationFile) to a free port.")
    }
}
