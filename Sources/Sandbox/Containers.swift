import CLinux
import Linux

/// Starts functions in containers, and knows what this machine can do for them.
public final class Containers {
    /// Where a container's root is put together, in a mount namespace that nobody else sees. Not a folder of its own:
    /// this one, `/tmp` or where that leads, is replaced in every container anyway.
    private let staging: String
    /// What a container's `/tmp` may hold where no memory limit bounds it.
    private static let temporarySize = "25%"

    let groups: ControlGroups
    /// Of every container but the probe; compiled for the first one, which takes as long as several starts.
    private var filter: CallFilter?
    /// Folders of the core of which a function sees nothing.
    private let masks: [String]
    private var counter: UInt32 = 0
    /// Groups that were still busy when their container had ended.
    private var unfinished: [ControlGroup] = []
    private var unfinishedPlain: [PlainControlGroup] = []
    public private(set) var support: SandboxSupport

    /// Finds out what the machine can do, by doing it: a container is started that runs nothing.
    /// - Parameters:
    ///   - name: of the control groups; one for each core of the machine.
    ///   - hidden: folders of the core.
    public convenience init(name: String, hidden: [String]) {
        self.init(name: name, hidden: hidden, temporary: "/tmp")
    }

    init(name: String, hidden: [String], temporary: String) {
        staging = Files.resolve(temporary)
        var all: [String] = []
        for folder in hidden.map({ Files.resolve($0) }) where !all.contains(folder) { all.append(folder) }
        masks = all
        guard Users.isRoot else {
            groups = ControlGroups()
            support = SandboxSupport(refusal: SandboxSupport.needsRoot)
            return
        }
        groups = ControlGroups.make(named: name)
        support = SandboxSupport(groups: groups)
        do throws(SystemError) {
            var ended = try start(Self.probe, descriptors: [], isProbe: true)
            _ = Processes.wait(ended.initProcess)
            _ = finish(&ended)
        } catch {
            support.refusal = error.description
        }
    }

    private static let probe = LaunchSpecification(
        worker: 0, executable: "/", arguments: ["probe"], environment: [], workingDirectory: "/", user: 65_534,
        group: 65_534, container: ContainerSpecification())

    /// - Parameters:
    ///   - descriptors: become 1, 2, … of the new process; the caller still closes its own.
    ///   - resolved: the paths behind the mounts' sources, as they were when the group was deployed.
    public func start(
        _ specification: LaunchSpecification, descriptors: [Int32], resolved: (String) -> String = { $0 }
    ) throws(SystemError) -> ContainedProcess {
        if let refusal = support.refusal { throw SystemError("start a container (\(refusal))", code: ENOSYS) }
        return try start(specification, descriptors: descriptors, resolved: resolved, without: [])
    }

    func start(
        _ specification: LaunchSpecification, descriptors: [Int32], resolved: (String) -> String = { $0 },
        without: Barriers = [], isProbe: Bool = false
    ) throws(SystemError) -> ContainedProcess {
        guard let container = specification.container else { throw SystemError("start a container", code: EINVAL) }
        let filter = try isProbe ? CallFilter.harmless() : compiledFilter()
        counter &+= 1
        var group = try ControlGroup(
            groups, name: "f\(counter)", memoryLimit: container.memoryLimit, devices: container.devices,
            without: without.omissions)
        do throws(SystemError) {
            try group.open()
            let contained = try start(
                specification, container, group, filter, descriptors, resolved, without: without, isProbe: isProbe)
            group.close()
            return ContainedProcess(
                initProcess: contained.`init`, program: contained.process, report: contained.report, group: group)
        } catch {
            // The init that failed has been reaped: nothing is in there.
            let wasOutOfMemory = error.code == ECHILD && group.wasOutOfMemory
            group.remove()
            guard wasOutOfMemory, let limit = container.memoryLimit else { throw error }
            throw SystemError(
                "start the program in the container (the start alone needs more than the \(limit / 1024) KB that it "
                    + "may have: raise MemorySize)", code: ENOMEM)
        }
    }

    private func start(
        _ specification: LaunchSpecification, _ container: ContainerSpecification, _ group: ControlGroup,
        _ filter: CallFilter, _ descriptors: [Int32], _ resolved: (String) -> String, without: Barriers, isProbe: Bool
    ) throws(SystemError) -> clinux_contained {
        let mounts = (container.mounts + nameServers).sorted {
            Self.depth($0.destination) < Self.depth($1.destination)
        }
        let sources = mounts.map { resolved($0.source) }
        let texts = CStrings(
            sources + mounts.map { $0.destination } + [
                specification.executable, specification.workingDirectory, staging, group.unifiedJoin,
                "mode=1777,size=" + (container.memoryLimit.map { "\($0)" } ?? Self.temporarySize),
            ])
        let arguments = CStrings(specification.arguments)
        let environment = CStrings(specification.environment)
        // Where /tmp is a link, what it leads to is not replaced, and holds other functions' files.
        let hidden = CStrings(staging == "/tmp" ? masks : masks + [staging])
        let late = CStrings(lateMasks(mounts, sources))
        let devices = CStrings(container.devices.map { $0.path })
        let deviceSources = CStrings(container.devices.map { Files.resolve($0.path) })
        let joins = CStrings(group.joins)
        let list = mounts.indices.map { index in
            clinux_mount(
                source: texts[index], destination: texts[mounts.count + index],
                is_writable: mounts[index].isWritable ? 1 : 0)
        }
        let first = mounts.count * 2
        var start = clinux_start()
        start.executable = texts[first]
        start.directory = texts[first + 1]
        start.arguments = UnsafePointer(arguments.base)
        start.environment = UnsafePointer(environment.base)
        start.descriptor_count = Int32(descriptors.count)
        start.change_user = 1
        start.user = specification.user
        start.group = specification.group
        start.group_count = Int32(specification.supplementaryGroups.count)
        start.parent = Processes.current
        var request = clinux_container()
        request.staging = texts[first + 2]
        request.cgroup_join = texts[first + 3]
        request.tmp_options = texts[first + 4]
        request.masks = hidden.constants
        request.mask_count = Int32(hidden.count)
        request.mount_count = Int32(list.count)
        request.late_masks = late.constants
        request.late_mask_count = Int32(late.count)
        request.devices = devices.constants
        request.device_sources = deviceSources.constants
        request.device_count = Int32(devices.count)
        request.shows_sysfs = container.showsSysfs ? 1 : 0
        request.joins = joins.constants
        request.join_count = Int32(joins.count)
        request.cgroup = group.descriptor
        request.filter = UnsafeRawPointer(filter.program)
        request.filter_count = filter.count
        request.without = without.rawValue & 0xFFFF
        request.is_probe = isProbe ? 1 : 0
        var contained = clinux_contained()
        // The strings must outlive the call: nothing else refers to their owners.
        let result = withExtendedLifetime(
            (texts, arguments, environment, hidden, late, devices, deviceSources, joins, filter)
        ) {
            withUnsafeMutablePointer(to: &start) { start in
                descriptors.withUnsafeBufferPointer { descriptors in
                    specification.supplementaryGroups.withUnsafeBufferPointer { groups in
                        list.withUnsafeBufferPointer { mounts in
                            start.pointee.descriptors = descriptors.baseAddress
                            start.pointee.groups = groups.baseAddress
                            request.mounts = mounts.baseAddress
                            request.start = UnsafePointer(start)
                            return clinux_container_start(&request, &contained)
                        }
                    }
                }
            }
        }
        if result < 0 {
            let code = clinux_errno()
            let path = withUnsafeBytes(of: &contained.detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw StartStep.error(
                clinux_start_step(rawValue: UInt32(contained.step)), specification, path: path, code: code)
        }
        return contained
    }

    private func compiledFilter() throws(SystemError) -> CallFilter {
        if let filter { return filter }
        let made = try CallFilter()
        filter = made
        return made
    }

    private static func depth(_ path: String) -> Int {
        path.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
    }

    /// The file with the name servers, where it is a link into /tmp, as on OpenWrt: the container has another /tmp.
    private var nameServers: [ContainerSpecification.Mount] {
        let path = Files.resolve("/etc/resolv.conf")
        guard path.hasPrefix(staging + "/"), Files.exists(path) else { return [] }
        let place = "/tmp" + path.dropFirst(staging.utf8.count)
        return [ContainerSpecification.Mount(source: path, destination: place)]
    }

    /// A volume that holds one of the core's folders would show it at another place.
    private func lateMasks(_ mounts: [ContainerSpecification.Mount], _ sources: [String]) -> [String] {
        var places: [String] = []
        for index in mounts.indices {
            for mask in masks where sources[index] == "/" || mask.hasPrefix(sources[index] + "/") {
                let rest = sources[index] == "/" ? mask : String(mask.dropFirst(sources[index].utf8.count))
                places.append(mounts[index].destination + rest)
            }
        }
        return places
    }

    /// What remains to be done when the first process of a container has ended and has been reaped.
    /// - Returns: how its program ended, and whether the memory limit did it.
    public func finish(_ contained: inout ContainedProcess) -> (exit: ProcessExit, outOfMemory: Bool) {
        let status = clinux_container_end(contained.report)
        FileDescriptor.close(contained.report)
        contained.report = -1
        // An init that could not tell was killed, and everything with it.
        let exit = status < 0 ? ProcessExit.signal(Signals.kill) : ProcessExit(waitStatus: status)
        let outOfMemory = exit == .signal(Signals.kill) && contained.group.wasOutOfMemory
        if !contained.group.remove() { unfinished.append(contained.group) }
        return (exit, outOfMemory)
    }

    /// Starts a process without a container.
    /// - Returns: the process, and its control group where there are any, else its mark.
    public func startPlain(
        _ specification: LaunchSpecification, descriptors: [Int32], changesUser: Bool
    ) throws(SystemError) -> (process: Int32, group: PlainControlGroup?, mark: UInt32) {
        counter &+= 1
        var group = PlainControlGroup(groups, name: "p\(counter)")
        do throws(SystemError) {
            let mark = group == nil ? ProcessMark.make(counter) : 0
            let process = try Launcher.start(
                specification, descriptors: descriptors, changesUser: changesUser, group: group, mark: mark)
            group?.close()
            return (process, group, mark)
        } catch {
            group?.close()
            _ = group?.remove()
            throw error
        }
    }

    /// Ends what a process without a container has left.
    public func finish(_ group: PlainControlGroup) {
        if !group.remove() { unfinishedPlain.append(group) }
    }

    /// Tries again to remove groups that were busy: what was killed in there has been reaped meanwhile.
    public func removeUnfinished() {
        unfinished.removeAll { group in
            var group = group
            return group.remove()
        }
        unfinishedPlain.removeAll { $0.remove() }
    }

    /// Removes the control groups. What is not empty stays for the next start.
    public func removeGroups() { groups.removeAll() }
}
