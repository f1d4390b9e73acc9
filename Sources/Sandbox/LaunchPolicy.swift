/// What the supervisor allows a core to start. It comes from root-owned configuration, never from the core.
public struct LaunchPolicy: Sendable {
    /// Whether functions may run as user or group 0 (`runtime.allowFunctionsToRunAsRoot`, row LAM-18).
    public var allowsRoot: Bool
    /// The core's own identity, which no function gets: it could trace the core otherwise.
    public var coreUser: UInt32?
    /// What the deployed group's functions are given; nil until it is known.
    public var grants: LaunchGrants?
    /// Most processes at one time.
    public var mostProcesses: Int

    public init(allowsRoot: Bool, coreUser: UInt32?, grants: LaunchGrants? = nil, mostProcesses: Int = 1024) {
        self.allowsRoot = allowsRoot
        self.coreUser = coreUser
        self.grants = grants
        self.mostProcesses = mostProcesses
    }

    /// Why a launch is refused, or nil when it is allowed.
    public func refusal(of specification: LaunchSpecification, running: Int) -> String? {
        if running >= mostProcesses { return "\(running) processes are running, which is the most allowed" }
        return identityRefusal(specification) ?? programRefusal(specification)
            ?? specification.container.flatMap { containerRefusal($0) }
    }

    private func identityRefusal(_ specification: LaunchSpecification) -> String? {
        let groups = specification.supplementaryGroups
        // A resource may add the group root: V1's tutorial for volumes (lra-console.md) does.
        if !allowsRoot, specification.user == 0 || specification.group == 0 {
            return "it would run as root: set runtime.allowFunctionsToRunAsRoot to \"yes\" in config.json to allow that"
        }
        if let coreUser, specification.user == coreUser { return "it would run as the core's own user \(coreUser)" }
        // A core that was taken over must not get at other users' files, nor at a group like disk's or docker's; nor
        // start a container's function without its container.
        let isPlain = specification.container == nil
        let identities = isPlain ? grants?.identities : grants?.containerIdentities
        if identities?.contains(LaunchIdentity(user: specification.user, group: specification.group)) != true {
            return "no function of the deployed group runs as user \(specification.user) with group "
                + "\(specification.group)" + (isPlain ? "" : " in a container")
        }
        if groups.count > LaunchSpecification.mostSupplementaryGroups {
            return "it has \(groups.count) more groups; \(LaunchSpecification.mostSupplementaryGroups) are allowed"
        }
        let granted = isPlain ? grants?.supplementaryGroups : grants?.containerGroups
        for group in groups where granted?.contains(group) != true {
            return
                "no resource of the deployed group gives its functions \(isPlain ? "without" : "in") a container the "
                + "group \(group)"
        }
        return nil
    }

    private func programRefusal(_ specification: LaunchSpecification) -> String? {
        if !specification.executable.hasPrefix("/") {
            return "the executable \(specification.executable) is no absolute path"
        }
        if !specification.workingDirectory.hasPrefix("/") {
            return "the working directory \(specification.workingDirectory) is no absolute path"
        }
        if specification.arguments.isEmpty { return "it has no arguments, not even its name" }
        return nil
    }

    private func containerRefusal(_ container: ContainerSpecification) -> String? {
        guard let grants else { return "what functions may be given is not known yet" }
        if container.mounts.count > ContainerSpecification.mostMounts {
            return "it has \(container.mounts.count) mounts; \(ContainerSpecification.mostMounts) are allowed"
        }
        if container.devices.count > ContainerSpecification.mostDevices {
            return "it has \(container.devices.count) devices; \(ContainerSpecification.mostDevices) are allowed"
        }
        for mount in container.mounts {
            if !grants.allows(mount) {
                return "no function of the deployed group is given \(mount.source)"
                    + (mount.isWritable ? " to write to" : "")
            }
            if !Self.isPlainPath(mount.destination) {
                return "the place \(mount.destination) for \(mount.source) is no absolute path without . and .."
            }
        }
        for device in container.devices where !grants.allows(device) {
            return "no function of the deployed group is given \(device.path)"
                + (device.isWritable ? " to write to" : "")
        }
        for device in container.devices where !Self.isPlainPath(device.path) || !device.path.hasPrefix("/dev/") {
            return "the device \(device.path) is no path below /dev"
        }
        if container.showsSysfs, !grants.showsSysfs {
            return "no function of the deployed group has AccessSysfs"
        }
        if container.memoryLimit == nil, !grants.mayLackMemoryLimit {
            return "every function of the deployed group that runs in a container has a limit of memory"
        }
        return nil
    }

    /// Whether a path is absolute, not `/` itself, and leads nowhere else than it says.
    private static func isPlainPath(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0].isEmpty else { return false }
        return !parts.dropFirst().contains { part in
            part.isEmpty || part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8)
        }
    }
}
