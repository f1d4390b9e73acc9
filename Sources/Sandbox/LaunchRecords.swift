/// How specifications and grants stand in records: lists are counts and their parts, in the order of the declarations.
extension RecordWriter {
    mutating func specification(_ specification: LaunchSpecification) {
        number(specification.user)
        number(specification.group)
        numbers(specification.supplementaryGroups)
        string(specification.executable)
        string(specification.workingDirectory)
        list(specification.arguments)
        list(specification.environment)
        flag(specification.container != nil)
        if let container = specification.container { self.container(container) }
    }

    mutating func grants(_ grants: LaunchGrants) {
        identities(grants.identities)
        identities(grants.containerIdentities)
        numbers(grants.supplementaryGroups)
        numbers(grants.containerGroups)
        number(UInt32(grants.mounts.count))
        for mount in grants.mounts {
            string(mount.source)
            flag(mount.isWritable)
        }
        devices(grants.devices)
        flag(grants.showsSysfs)
        flag(grants.mayLackMemoryLimit)
    }

    private mutating func identities(_ identities: [LaunchIdentity]) {
        number(UInt32(identities.count))
        for identity in identities {
            number(identity.user)
            number(identity.group)
        }
    }

    private mutating func container(_ container: ContainerSpecification) {
        number(UInt32(container.mounts.count))
        for mount in container.mounts {
            string(mount.source)
            string(mount.destination)
            flag(mount.isWritable)
        }
        devices(container.devices)
        flag(container.memoryLimit != nil)
        if let limit = container.memoryLimit {
            number(UInt32(truncatingIfNeeded: limit))
            number(UInt32(truncatingIfNeeded: limit >> 32))
        }
        flag(container.showsSysfs)
    }

    private mutating func devices(_ devices: [ContainerSpecification.Device]) {
        number(UInt32(devices.count))
        for device in devices {
            string(device.path)
            flag(device.isWritable)
        }
    }
}

extension RecordReader {
    mutating func specification(worker: UInt32) -> LaunchSpecification? {
        guard let user = number(), let group = number(),
            let groups = numbers(most: LaunchSpecification.mostSupplementaryGroups), let executable = string(),
            let directory = string(), let arguments = list(most: SupervisorMessage.mostStrings),
            let environment = list(most: SupervisorMessage.mostStrings), let isContained = flag()
        else { return nil }
        var specification = LaunchSpecification(
            worker: worker, executable: executable, arguments: arguments, environment: environment,
            workingDirectory: directory, user: user, group: group, supplementaryGroups: groups)
        if isContained {
            guard let granted = container() else { return nil }
            specification.container = granted
        }
        return specification
    }

    mutating func grants() -> LaunchGrants? {
        guard let plain = identities(), let contained = identities(),
            let groups = numbers(most: SupervisorMessage.mostStrings),
            let containerGroups = numbers(most: SupervisorMessage.mostStrings), let count = number(),
            Int64(count) <= Int64(SupervisorMessage.mostStrings)
        else { return nil }
        var mounts: [LaunchGrants.Mount] = []
        for _ in 0..<count {
            guard let source = string(), let isWritable = flag() else { return nil }
            mounts.append(LaunchGrants.Mount(source: source, isWritable: isWritable))
        }
        guard let granted = devices(most: SupervisorMessage.mostStrings), let showsSysfs = flag(),
            let mayLackMemoryLimit = flag()
        else { return nil }
        return LaunchGrants(
            identities: plain, containerIdentities: contained, supplementaryGroups: groups,
            containerGroups: containerGroups, mounts: mounts, devices: granted, showsSysfs: showsSysfs,
            mayLackMemoryLimit: mayLackMemoryLimit)
    }

    private mutating func identities() -> [LaunchIdentity]? {
        guard let count = number(), Int64(count) <= Int64(SupervisorMessage.mostStrings) else { return nil }
        var identities: [LaunchIdentity] = []
        for _ in 0..<count {
            guard let user = number(), let group = number() else { return nil }
            identities.append(LaunchIdentity(user: user, group: group))
        }
        return identities
    }

    private mutating func container() -> ContainerSpecification? {
        guard let count = number(), Int64(count) <= Int64(ContainerSpecification.mostMounts) else { return nil }
        var container = ContainerSpecification()
        for _ in 0..<count {
            guard let source = string(), let destination = string(), let isWritable = flag() else { return nil }
            container.mounts.append(.init(source: source, destination: destination, isWritable: isWritable))
        }
        guard let granted = devices(most: ContainerSpecification.mostDevices), let isLimited = flag() else {
            return nil
        }
        container.devices = granted
        if isLimited {
            guard let low = number(), let high = number() else { return nil }
            container.memoryLimit = UInt64(high) << 32 | UInt64(low)
        }
        guard let showsSysfs = flag() else { return nil }
        container.showsSysfs = showsSysfs
        return container
    }

    private mutating func devices(most: Int) -> [ContainerSpecification.Device]? {
        guard let count = number(), Int64(count) <= Int64(most) else { return nil }
        var devices: [ContainerSpecification.Device] = []
        for _ in 0..<count {
            guard let path = string(), let isWritable = flag() else { return nil }
            devices.append(.init(path: path, isWritable: isWritable))
        }
        return devices
    }
}
