import Deployment
import Functions
import Group
import Linux
import Sandbox

/// The group that is deployed on this core now.
struct DeployedGroup {
    let group: GroupDefinition
    let deployment: String?
    /// Where the functions' packages are.
    let packages: String
    /// Where their compiled code is; nil where nothing is deployed.
    var bytecode: String?
    /// Why the deployed group cannot be used, or empty. The core then serves without one, so that its status and a new
    /// deployment are possible.
    let problem: String
    let notices: [String]
    /// What functions are given of the machine, by their ARNs.
    var grants: [String: WorkerGrants] = [:]
    /// What functions lose on this machine.
    var warnings: [String] = []

    /// What the functions may be started with; nothing else is started for whoever takes the core over.
    /// - Parameter configuration: the one the functions' service gets, for the places that containers show.
    func launchGrants(_ identities: Identities, _ configuration: FunctionConfiguration) -> LaunchGrants {
        var plain: Set<LaunchIdentity> = []
        var contained: Set<LaunchIdentity> = []
        var groups: Set<UInt32> = []
        var containedGroups: Set<UInt32> = []
        var mounts: Set<LaunchGrants.Mount> = []
        var devices: Set<ContainerSpecification.Device> = []
        var all = LaunchGrants()
        for function in group.functions {
            let identity = identities.identity(function.runAs.userID, function.runAs.groupID)
            let given = grants[function.arn] ?? WorkerGrants()
            guard function.isolation == .container else {
                plain.insert(identity)
                groups.formUnion(given.supplementaryGroups)
                continue
            }
            contained.insert(identity)
            containedGroups.formUnion(given.supplementaryGroups)
            mounts.insert(LaunchGrants.Mount(source: Path.join(configuration.packageRoot, function.arn)))
            mounts.insert(LaunchGrants.Mount(source: configuration.runtimeRoot))
            if let bytecode = configuration.bytecode(of: function) {
                mounts.insert(LaunchGrants.Mount(source: bytecode))
            }
            mounts.insert(LaunchGrants.Mount(source: configuration.socketPath, isWritable: true))
            for volume in given.volumes {
                mounts.insert(LaunchGrants.Mount(source: volume.source, isWritable: volume.isWritable))
            }
            for device in given.devices {
                devices.insert(ContainerSpecification.Device(path: device.path, isWritable: device.isWritable))
            }
            if function.accessSysfs { all.showsSysfs = true }
            if function.memoryKB == nil { all.mayLackMemoryLimit = true }
        }
        all.identities = Array(plain)
        all.containerIdentities = Array(contained)
        all.supplementaryGroups = Array(groups)
        all.containerGroups = Array(containedGroups)
        all.mounts = Array(mounts)
        all.devices = Array(devices)
        return all
    }

    /// - Parameter refusal: why there are no containers, as the supervisor has found out; nil where there are.
    static func load(_ setup: DaemonSetup, withoutContainers refusal: String?) -> DeployedGroup {
        let deployer = DeploymentSettings.deployer(
            setup.configuration, setup.layout, containers: .known(refusal: refusal))
        do throws(DeploymentError) {
            guard let loaded = try deployer.loadCurrent() else {
                return DeployedGroup(
                    group: GroupDefinition(), deployment: nil, packages: "/", problem: "",
                    notices: [DeploymentError.nothingDeployed.description])
            }
            let local = LocalGrants.find(loaded.group, links: loaded.resourcesDirectory)
            return DeployedGroup(
                group: loaded.group, deployment: loaded.id.description, packages: loaded.packagesDirectory,
                bytecode: loaded.bytecodeDirectory, problem: "",
                notices: ["Runs deployment \(loaded.id.description)."] + local.notices, grants: local.grants,
                warnings: isolationWarnings(loaded.group, refusal))
        } catch {
            return DeployedGroup(
                group: GroupDefinition(), deployment: nil, packages: "/", problem: error.description, notices: [])
        }
    }
}

extension DeployedGroup {
    /// What functions lose because this machine makes no containers, told at each start.
    private static func isolationWarnings(_ group: GroupDefinition, _ refusal: String?) -> [String] {
        let fallen = group.functions.filter { $0.fellBack }.map { $0.arn }
        guard !fallen.isEmpty, let problem = refusal else { return [] }
        return [
            "These functions are to run in GreengrassContainer and run without one, because here \(problem) and "
                + "runtime.fallBackToNoContainer in config.json allows it: \(fallen.joined(separator: ", ")). Their MemorySize "
                + "is not enforced, and only the files' own permissions keep them from the rest of the machine."
        ]
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
