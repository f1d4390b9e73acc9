import Bytes
import Linux
import Sandbox

/// What containers need (PLAT-08 to PLAT-10, PLAT-15, PLAT-16).
extension MachineCheck {
    private static let kernelKinds = [
        (name: "mnt", option: "CONFIG_NAMESPACES"), (name: "pid", option: "CONFIG_PID_NS"),
        (name: "ipc", option: "CONFIG_IPC_NS"), (name: "uts", option: "CONFIG_UTS_NS"),
        (name: "user", option: "CONFIG_USER_NS"),
    ]

    /// Those that `what-is-gg.md` lists, with whether a container works without.
    private static let options: [(name: String, isNeeded: Bool)] = [
        ("CONFIG_IPC_NS", true), ("CONFIG_UTS_NS", true), ("CONFIG_USER_NS", false), ("CONFIG_PID_NS", true),
        ("CONFIG_CGROUP_DEVICE", true), ("CONFIG_CGROUPS", true), ("CONFIG_MEMCG", true),
        ("CONFIG_POSIX_MQUEUE", false), ("CONFIG_OVERLAY_FS", false), ("CONFIG_HAVE_ARCH_SECCOMP_FILTER", true),
        ("CONFIG_SECCOMP_FILTER", true), ("CONFIG_KEYS", false), ("CONFIG_SECCOMP", true), ("CONFIG_SHMEM", true),
    ]

    func namespaces() -> [MachineFinding] {
        var absent: [String] = []
        for kind in Self.kernelKinds where Files.linkTarget("/proc/self/ns/\(kind.name)") == nil {
            absent.append("\(kind.name) (\(kind.option))")
        }
        if absent.isEmpty {
            return [MachineFinding("namespaces", .works, "mount, PID, IPC, UTS and user namespaces are there")]
        }
        // Containers of root do without user namespaces.
        let isSmall = absent == ["user (CONFIG_USER_NS)"]
        return [
            MachineFinding(
                "namespaces", isSmall ? .degraded : .missing,
                "the kernel has no namespaces for \(absent.joined(separator: ", "))"
                    + (isSmall ? "; containers do without" : ": no containers"),
                remedy: "a kernel that is configured with them; on a Raspberry Pi with Jessie, BRANCH=stable rpi-update"
            )
        ]
    }

    func controlGroups() -> [MachineFinding] {
        let groups = MountedControlGroups.current()
        let mount = "apt-get install cgroupfs-mount, or `mount -t cgroup2 none /sys/fs/cgroup`"
        if groups.kind == "none" {
            return [
                MachineFinding(
                    "cgroups", .missing, "no control groups are mounted: no memory limits and no containers",
                    remedy: mount)
            ]
        }
        return [
            MachineFinding("cgroups", .works, "control groups \(groups.kind)"), limits(groups), devices(groups, mount),
        ]
    }

    private func limits(_ groups: MountedControlGroups) -> MachineFinding {
        if groups.has("memory") { return MachineFinding("cgroup-memory", .works, "memory limits can be set") }
        return MachineFinding(
            "cgroup-memory", .missing,
            "the memory controller is off, so MemorySize of functions in containers cannot be enforced",
            remedy: Self.memoryRemedy(
                commandLine: ["/boot/firmware/cmdline.txt", "/boot/cmdline.txt"].first { Files.exists($0) }))
    }

    /// - Parameter commandLine: where a Raspberry Pi keeps the kernel's command line (PLAT-15); nil elsewhere.
    static func memoryRemedy(commandLine: String?) -> String {
        let options = "cgroup_enable=memory cgroup_memory=1"
        if let commandLine { return "append ` \(options)` to the one line of \(commandLine) and reboot" }
        return
            "boot the kernel with \(options) (in GRUB_CMDLINE_LINUX of /etc/default/grub, then update-grub), or mount the "
            + "controller: mount -t cgroup -o memory none /sys/fs/cgroup/memory"
    }

    private func devices(_ groups: MountedControlGroups, _ mount: String) -> MachineFinding {
        if groups.has("devices") {
            return MachineFinding("cgroup-devices", .works, "devices can be granted one by one")
        }
        return MachineFinding(
            "cgroup-devices", .missing,
            "the devices controller is not mounted, so functions in containers get no devices",
            remedy: "mkdir -p /sys/fs/cgroup/devices && mount -t cgroup -o devices none /sys/fs/cgroup/devices, or "
                + mount)
    }

    func seccomp() -> MachineFinding {
        if Files.exists("/proc/sys/kernel/seccomp/actions_avail") || status("Seccomp") != nil {
            return MachineFinding("seccomp", .works, "system calls can be filtered")
        }
        return MachineFinding(
            "seccomp", .missing, "the kernel cannot filter system calls, without which there are no containers",
            remedy: "a kernel with CONFIG_SECCOMP and CONFIG_SECCOMP_FILTER")
    }

    /// What V1 wanted and this core can do without.
    func others() -> [MachineFinding] {
        let systems = content("/proc/filesystems").split(separator: UInt8(ascii: "\n")).map {
            Array($0.drop { $0 != UInt8(ascii: "\t") }.dropFirst()).text
        }
        let has = { (name: String) in systems.contains(name) }
        return [
            has("overlay")
                ? MachineFinding("overlay", .works, "the kernel has overlay file systems; this core does not need them")
                : MachineFinding(
                    "overlay", .works, "the kernel has no overlay file systems; this core does not need them"),
            has("tmpfs")
                ? MachineFinding("tmpfs", .works, "folders in memory can be made")
                : MachineFinding(
                    "tmpfs", .missing, "the kernel has no tmpfs, so no /tmp for containers",
                    remedy: "a kernel with CONFIG_SHMEM and CONFIG_TMPFS"),
            has("mqueue")
                ? MachineFinding("mqueue", .works, "POSIX message queues are there")
                : MachineFinding(
                    "mqueue", .degraded, "the kernel has no POSIX message queues; functions that use them fail",
                    remedy: "a kernel with CONFIG_POSIX_MQUEUE"),
            Files.exists("/proc/keys")
                ? MachineFinding("keys", .works, "the kernel keeps keys")
                : MachineFinding(
                    "keys", .degraded, "the kernel keeps no keys; functions that use keyctl fail",
                    remedy: "a kernel with CONFIG_KEYS"),
        ]
    }

    /// The options as the kernel was built with, where that can be read (CHK-01, `--kernel-config-file`).
    func kernelOptions() -> [MachineFinding] {
        let path = kernelConfiguration ?? "/boot/config-\(Machine.kernelRelease())"
        guard let text = contentIfReadable(path) else {
            if kernelConfiguration == nil { return [] }
            return [
                MachineFinding(
                    "kernel-config", .missing, "\(path) cannot be read",
                    remedy: "zcat /proc/config.gz > FILE, and --kernel-config-file FILE")
            ]
        }
        if text.starts(with: [0x1F, 0x8B]) {
            return [
                MachineFinding(
                    "kernel-config", .missing, "\(path) is compressed",
                    remedy: "zcat \(path) > FILE, and --kernel-config-file FILE")
            ]
        }
        var set: Set<[UInt8]> = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = line[(equals + 1)...]
            if value.elementsEqual("y".utf8) || value.elementsEqual("m".utf8) { set.insert(Array(line[..<equals])) }
        }
        var needed: [String] = []
        var wanted: [String] = []
        for option in Self.options where !set.contains([UInt8](option.name.utf8)) {
            if option.isNeeded { needed.append(option.name) } else { wanted.append(option.name) }
        }
        let off = (needed + wanted).joined(separator: ", ")
        if off.isEmpty {
            return [
                MachineFinding("kernel-config", .works, "\(path) has all \(Self.options.count) options that V1 needs")
            ]
        }
        return [
            MachineFinding(
                "kernel-config", needed.isEmpty ? .degraded : .missing,
                "\(path) is without \(off)"
                    + (needed.isEmpty ? "; containers do without" : ", so there are no complete containers"),
                remedy: "a kernel that is configured with them")
        ]
    }

    /// V1's verdict: which isolation modes there are. A container is started that runs nothing.
    func containers() -> [MachineFinding] {
        let support = ContainerSupport.probe(layout)
        if let problem = support.refusal {
            return [
                // Without root nobody expects them: a core that is started so says what it does instead.
                MachineFinding(
                    "containers", Users.isRoot ? .missing : .degraded,
                    "Greengrass Container: Not supported: \(problem). No Container: Supported.",
                    remedy:
                        "what the lines above say; or run functions without: IsolationMode \"NoContainer\" in the group's "
                        + "DefaultConfig, or \"runtime\": {\"fallBackToNoContainer\": \"yes\"} in config.json for groups that "
                        + "must stay as they are")
            ]
        }
        return [MachineFinding("containers", .works, "Greengrass Container: Supported. No Container: Supported.")]
            + support.notices.enumerated().map {
                MachineFinding("containers-\($0 + 1)", .degraded, $1, remedy: support.remedy)
            }
    }

    private func status(_ name: String) -> String? {
        for line in content("/proc/self/status").split(separator: UInt8(ascii: "\n"))
        where line.starts(with: (name + ":").utf8) {
            return Array(line.dropFirst(name.utf8.count + 1)).text
        }
        return nil
    }

    private func content(_ path: String) -> [UInt8] { contentIfReadable(path) ?? [] }

    private func contentIfReadable(_ path: String) -> [UInt8]? {
        do throws(SystemError) { return try Files.read(path, limit: 4 << 20) } catch { return nil }
    }
}
