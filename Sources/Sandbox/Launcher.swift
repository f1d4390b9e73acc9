import CLinux
import Linux

/// Starts one plain process from a specification that the policy has allowed; `Containers` starts those with a
/// container.
public enum Launcher {
    /// - Parameters:
    ///   - descriptors: become 1, 2, … of the new process; the caller still closes its own.
    ///   - changesUser: whether to take on the specification's identity; only root can.
    ///   - group: the process is born in it.
    ///   - mark: what tells it and whatever it starts from others; 0 for nothing.
    /// - Returns: the process, leader of its own session and process group.
    /// - Throws: the step that failed and why.
    public static func start(
        _ specification: LaunchSpecification, descriptors: [Int32], changesUser: Bool, group: PlainControlGroup? = nil,
        mark: UInt32 = 0
    ) throws(SystemError) -> Int32 {
        let arguments = CStrings(specification.arguments)
        let environment = CStrings(specification.environment)
        let executable = CStrings([specification.executable, specification.workingDirectory, group?.join ?? ""])
        var start = clinux_start()
        start.executable = UnsafePointer(executable.pointers[0])
        start.directory = UnsafePointer(executable.pointers[1])
        start.arguments = UnsafePointer(arguments.base)
        start.environment = UnsafePointer(environment.base)
        start.descriptor_count = Int32(descriptors.count)
        start.change_user = changesUser ? 1 : 0
        start.user = specification.user
        start.group = specification.group
        start.group_count = Int32(specification.supplementaryGroups.count)
        start.parent = Processes.current
        start.mark = mark
        start.cgroup = group?.descriptor ?? -1
        if group != nil { start.cgroup_join = UnsafePointer(executable.pointers[2]) }
        var failed = CLINUX_START_SESSION
        // The strings must outlive the call: nothing else refers to their owners.
        let process = withExtendedLifetime((arguments, environment, executable)) {
            descriptors.withUnsafeBufferPointer { buffer in
                specification.supplementaryGroups.withUnsafeBufferPointer { groups in
                    start.descriptors = buffer.baseAddress
                    start.groups = groups.baseAddress
                    return clinux_start(&start, &failed)
                }
            }
        }
        if process < 0 { throw StartStep.error(failed, specification, path: group?.join ?? "", code: clinux_errno()) }
        return process
    }
}
