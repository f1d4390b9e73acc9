/// What this machine can do for functions in containers.
public struct SandboxSupport: Sendable {
    /// Why no container can be started; nil when one can.
    public internal(set) var refusal: String?
    /// The version of control groups that bounds memory; nil when nothing does.
    public let memory: ControlGroups.Version?
    public let devices: ControlGroups.Version?
    public let tasks: ControlGroups.Version?
    /// What went wrong with control groups.
    let problems: [String]
    private let isReadOnly: Bool

    static let needsRoot = "containers need root: start the core as root, or set IsolationMode NoContainer"

    init(refusal: String) {
        self.refusal = refusal
        memory = nil
        devices = nil
        tasks = nil
        problems = []
        isReadOnly = false
    }

    init(groups: ControlGroups) {
        memory = groups.memoryVersion
        devices = groups.devicesVersion
        tasks = groups.tasksVersion
        problems = groups.problems
        isReadOnly = groups.isReadOnly
    }

    /// What helps where control groups are missing.
    public var remedy: String {
        isReadOnly
            ? "mount it so that it may be written to, in Docker with --volume /sys/fs/cgroup:/sys/fs/cgroup"
            : "enable it in the kernel (a Raspberry Pi needs cgroup_enable=memory in cmdline.txt) or mount it"
    }

    /// What is missing, what that costs, and what helps: one sentence each.
    public var notices: [String] {
        if let refusal {
            return ["Functions cannot run in containers on this machine: \(refusal)."]
        }
        var notices: [String] = []
        let why = problems.first.map { " (\($0))" } ?? ""
        if memory == nil {
            notices.append("There is no memory control group\(why): MemorySize of functions has no effect; \(remedy).")
        }
        if devices == nil {
            notices.append(
                "There is no devices control group\(why): a function that runs as root could open devices it makes, if "
                    + "it could make any; the container's /dev and its lack of capabilities still stand.")
        }
        if tasks == nil {
            notices.append("There is no pids control group\(why): a function's processes are not counted.")
        }
        return notices
    }
}
