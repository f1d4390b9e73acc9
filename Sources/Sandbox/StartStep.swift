import CLinux
import Linux

/// The steps of a start as sentences: what was being done, and what helps.
enum StartStep {
    static let needsAdministration =
        "the core needs CAP_SYS_ADMIN for that: start it as root, in Docker with \(docker)"

    static func error(
        _ step: clinux_start_step, _ specification: LaunchSpecification, path: String = "", code: Int32
    ) -> SystemError {
        let named = name(step, specification, path)
        guard let remedy = remedy(step, path, code) else { return SystemError(named, code: code) }
        return SystemError("\(named) (\(remedy))", code: code)
    }

    private static func name(_ step: clinux_start_step, _ specification: LaunchSpecification, _ path: String) -> String
    {
        switch step {
        case CLINUX_START_DESCRIPTORS: "give it its log descriptors"
        case CLINUX_START_GROUPS: "set the supplementary groups"
        case CLINUX_START_GROUP: "change to group \(specification.group)"
        case CLINUX_START_USER: "change to user \(specification.user)"
        case CLINUX_START_PRIVILEGES: "forbid new privileges"
        case CLINUX_START_PARENT_DEATH: "tie it to the supervisor"
        case CLINUX_START_DIRECTORY: "enter \(specification.workingDirectory)"
        case CLINUX_START_EXECUTE: "execute \(specification.executable)"
        case CLINUX_START_NAMESPACES: "make name spaces for the container"
        case CLINUX_START_JOIN: "put it into its control group by \(path)"
        case CLINUX_START_PRIVATE: "keep the container's mounts to itself"
        case CLINUX_START_SOURCE: "find \(path), which is to be shown in the container"
        case CLINUX_START_ROOT: "mount the container's root at \(path)"
        case CLINUX_START_HOST: "show the host's \(path) in the container"
        case CLINUX_START_PLACE: "make a place for \(path) in the container"
        case CLINUX_START_READ_ONLY: "make the host's files read-only in the container"
        case CLINUX_START_MASK: "hide \(path) from the container"
        case CLINUX_START_PROC: "mount the container's \(path)"
        case CLINUX_START_TMP: "mount the container's \(path)"
        case CLINUX_START_DEV: "make the container's \(path)"
        case CLINUX_START_DEVICE: "show the device \(path) in the container"
        case CLINUX_START_MOUNT: "mount \(path) in the container"
        case CLINUX_START_PIVOT: "change to the container's root"
        case CLINUX_START_CAPABILITIES: "give up root's capabilities"
        case CLINUX_START_FILTER: "install the filter of system calls"
        case CLINUX_START_INIT: "start the program in the container"
        default: "start a process"
        }
    }

    /// The least that is needed (docs/sandbox.md, "In Docker").
    private static let docker =
        "--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined, or --privileged"

    /// The core's own place in each container that a path lies in.
    private static func own(_ path: String) -> String? {
        ["/lambda", "/runtime", "/functions", "/greengrass_ipc.sock", "/greengrass_bytecode"].first {
            path == $0 || path.hasPrefix($0 + "/")
        }
    }

    /// What helps, for the mistakes and machines that are met.
    private static func remedy(_ step: clinux_start_step, _ path: String, _ code: Int32) -> String? {
        let isForbidden = code == EPERM || code == EACCES
        switch step {
        case CLINUX_START_NAMESPACES where isForbidden:
            return needsAdministration
        case CLINUX_START_NAMESPACES where code == EINVAL:
            return "the kernel lacks one of CONFIG_PID_NS, CONFIG_IPC_NS, CONFIG_UTS_NS"
        case CLINUX_START_NAMESPACES where code == ENOSPC:
            return "raise the limits below /proc/sys/user"
        case CLINUX_START_PROC where isForbidden:
            return "an outer container covers parts of /proc: start that with \(docker)"
        case CLINUX_START_PRIVATE where isForbidden, CLINUX_START_ROOT where isForbidden:
            return "an outer container or its AppArmor profile forbids mounts: start that with \(docker)"
        case CLINUX_START_PIVOT where isForbidden:
            return "an outer container's filter of system calls forbids it: start that with \(docker)"
        case CLINUX_START_SOURCE where code == ELOOP, CLINUX_START_DEVICE where code == ELOOP:
            return "a part of the path has become a symbolic link since the group was deployed: deploy it again"
        case CLINUX_START_DEVICE where code == ENOTBLK:
            return "it is no character or block device"
        case CLINUX_START_PLACE where code == ELOOP && own(path) != nil:
            return
                "the host has a symbolic link at \(own(path) ?? ""), where each container has what the core gives it: "
                + "remove or rename the link"
        case CLINUX_START_PLACE where code == ELOOP:
            return "a part of it is a symbolic link on the host: choose a destination that leads over none"
        case CLINUX_START_PLACE where code == E2BIG:
            return "the folder it is to be in has thousands of entries: choose another destination"
        case CLINUX_START_MOUNT where code == ENOENT:
            return "it lies inside another resource, which has no such file or folder: make it there"
        case CLINUX_START_MOUNT where code == ELOOP, CLINUX_START_MASK where code == ELOOP:
            return "it lies inside another resource, where a part of its path is a symbolic link: remove the link"
        case CLINUX_START_FILTER where code == EINVAL:
            return "the kernel lacks CONFIG_SECCOMP_FILTER"
        default: return nil
        }
    }
}
