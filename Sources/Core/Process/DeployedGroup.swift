import Deployment
import Group
import Linux

/// The group that is deployed on this core now.
struct DeployedGroup {
    let group: GroupDefinition
    let deployment: String?
    let notices: [String]

    static func load(_ setup: DaemonSetup) throws(SetupError) -> DeployedGroup {
        DeployedGroup(group: GroupDefinition(), deployment: nil, notices: [])
    }

    static func packages(_ layout: Layout) -> String { "\(layout.writable)/deployment/lambda" }
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
