import Bytes
import Functions
import Linux

/// `greengrassd check`: whether this machine can run a core, as V1's `check_ggc_dependencies` told (CHK-01, CHK-02).
///
/// It looks at the running machine and changes nothing; a running core is not disturbed. The order is that in which a
/// person mends things.
public struct MachineCheck {
    let configuration: Configuration?
    let layout: Layout
    let executable: String?
    /// A kernel's configuration to read instead of this machine's, `--kernel-config-file`.
    let kernelConfiguration: String?
    /// Where interpreters are looked for.
    let path: String

    /// - Parameter configuration: nil where there is none yet: the check comes before the set-up.
    public init(
        configuration: Configuration?, layout: Layout, executable: String?, kernelConfiguration: String? = nil,
        path: String? = nil
    ) {
        self.configuration = configuration
        self.layout = layout
        self.executable = executable
        self.kernelConfiguration = kernelConfiguration
        self.path = path ?? FunctionConfiguration.defaultPath
    }

    public func run() -> [MachineFinding] {
        let namespaces = namespaces()
        let groups = controlGroups()
        let seccomp = seccomp()
        return [rights(), kernel(), memory(), files(), links()] + namespaces + groups + [seccomp] + others()
            + kernelOptions() + containers() + users() + interpreters() + settings() + ports()
            + [disk(), location(), descriptors(), clock(), mask(), trustStore(), updates()]
    }

    /// What a start that failed tells besides its own reason.
    public static func mishaps(_ findings: [MachineFinding]) -> [String] {
        var lines: [String] = []
        for finding in findings where finding.outcome == .missing { lines += finding.lines }
        return lines
    }

    // MARK: the machine

    private func rights() -> MachineFinding {
        if Users.isRoot {
            return MachineFinding("rights", .works, "this check runs as root, as the core would be started")
        }
        return MachineFinding(
            "rights", .degraded,
            "this check runs as user \(Users.name(ofUser: Users.effectiveUserID)): a core that is started so runs its "
                + "functions as that user, without containers, and they can read the core's files",
            remedy: "sudo greengrassd check")
    }

    private func kernel() -> MachineFinding {
        let release = Machine.kernelRelease()
        let text = "Linux \(release) on \(Machine.architecture())"
        let version = Self.version(release)
        if version < (3, 17) {
            return MachineFinding(
                "kernel", .missing, text + "; a core needs 3.17 at least", remedy: "install a newer kernel")
        }
        if version < (4, 4) {
            return MachineFinding(
                "kernel", .degraded, text + "; containers need 4.4 at least, functions run in NoContainer mode only",
                remedy: "install a newer kernel, or set IsolationMode to \"NoContainer\" in the group's DefaultConfig")
        }
        return MachineFinding("kernel", .works, text + (Self.outerContainer().map { ", inside \($0)" } ?? ""))
    }

    /// Major and minor number of `4.19.0-17-armmp`.
    static func version(_ release: String) -> (Int, Int) {
        var numbers: [Int] = []
        for part in release.utf8.split(separator: UInt8(ascii: ".")).prefix(2) {
            var number = 0
            for byte in part.prefix(6) {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            numbers.append(number)
        }
        return (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
    }

    /// What this machine is, where it is a container itself (row H-34).
    static func outerContainer() -> String? {
        if Files.exists("/.dockerenv") { return "a Docker container" }
        if Files.exists("/run/.containerenv") { return "a Podman container" }
        do throws(SystemError) {
            let variables = try Files.read("/proc/1/environ", limit: 65_536)
            for variable in variables.split(separator: 0) where variable.starts(with: "container=".utf8) {
                return "a container (\(Array(variable.dropFirst(10)).text))"
            }
        } catch {
            return nil
        }
        return nil
    }

    private func memory() -> MachineFinding {
        guard let bytes = Machine.memoryBytes() else {
            return MachineFinding("memory", .degraded, "how much memory there is cannot be told")
        }
        let text = "\(TerminalText.bytes(Int64(clamping: bytes))) of memory"
        // V1 asks for 128 MB (what-is-gg.md), of which a kernel keeps some for itself.
        if bytes < 100 << 20 {
            return MachineFinding(
                "memory", .degraded, text + ": V1 asks for 128 MB; a group of few functions fits in less")
        }
        return MachineFinding("memory", .works, text)
    }

    /// PLAT-06.
    private func files() -> MachineFinding {
        var absent: [String] = []
        for path in ["/var/run", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/null", "/dev/urandom", "/proc/self"]
        where !Files.exists(path) {
            // A closed stream leaves its link without a target.
            if Files.linkTarget(path) == nil { absent.append(path) }
        }
        if absent.isEmpty { return MachineFinding("files", .works, "/var/run, /dev/std* and /proc are there") }
        return MachineFinding(
            "files", absent.contains("/proc/self") || absent.contains("/dev/null") ? .missing : .degraded,
            "\(absent.joined(separator: ", ")) \(absent.count == 1 ? "is" : "are") not there, which functions may need",
            remedy: "mount -t proc proc /proc; ln -s /run /var/run; ln -s /proc/self/fd/0 /dev/stdin (1 /dev/stdout, 2 "
                + "/dev/stderr)")
    }

    /// PLAT-07.
    private func links() -> MachineFinding {
        guard let problem = LinkProtection.problem() else {
            return MachineFinding("links", .works, "hard links and soft links are protected")
        }
        return MachineFinding(
            "links", .missing, problem, remedy: "sysctl -w fs.protected_hardlinks=1 fs.protected_symlinks=1")
    }

    private func disk() -> MachineFinding {
        var place = layout.writable
        while !Files.exists(place), place != "/" { place = Path.parent(place) }
        guard let free = Machine.freeBytes(place) else {
            return MachineFinding("disk", .degraded, "how much room is left in \(place) cannot be told")
        }
        let text = "\(TerminalText.bytes(Int64(clamping: free))) free for \(layout.writable)"
        let remedy = "free some space, or set writeDirectory in config.json to another file system"
        if free < 8 << 20 {
            return MachineFinding("disk", .missing, text + ": nothing can be deployed", remedy: remedy)
        }
        if free < 128 << 20 {
            return MachineFinding("disk", .degraded, text + ": V1 asks for 128 MB", remedy: remedy)
        }
        return MachineFinding("disk", .works, text)
    }

    /// PLAT-19, H-13: the core and functions are other users than root and reach their files through these folders.
    private func location() -> MachineFinding {
        var reached = "/"
        for part in layout.root.utf8.split(separator: UInt8(ascii: "/")) {
            reached = Path.join(reached, String(decoding: Array(part), as: UTF8.self))
            do throws(SystemError) {
                guard let status = try Files.status(reached) else { break }
                if status.mode & 0o001 == 0 {
                    return MachineFinding(
                        "location", .missing,
                        "\(reached) may not be entered by others, so the core and its functions, which are no root, cannot "
                            + "reach \(layout.root)", remedy: "chmod o+x \(reached)")
                }
            } catch {
                return MachineFinding("location", .missing, "\(reached) cannot be looked at: \(error.reason)")
            }
        }
        return MachineFinding("location", .works, "everybody can reach \(layout.root)")
    }

    /// INST-14, H-12.
    private func descriptors() -> MachineFinding {
        let limit = Machine.descriptorLimit
        // Seven for a worker, one for a device; V1's users were told 2048.
        if limit >= 2048 { return MachineFinding("descriptors", .works, "up to \(limit) open files") }
        return MachineFinding(
            "descriptors", .degraded, "up to \(limit) open files: many devices and workers at once meet that limit",
            remedy: "ulimit -Hn 4096 before `greengrassd start`, or LimitNOFILE=4096 in its systemd unit")
    }

    private func clock() -> MachineFinding {
        let lag = ClockLag(layout)
        let date = CalendarDate(milliseconds: lag.now).iso8601
        guard lag.isBehind else { return MachineFinding("clock", .works, "it is \(date)") }
        return MachineFinding(
            "clock", .degraded,
            "it is \(date), which is before \(layout.configurationFile) was written: certificates seem not to be valid yet",
            remedy: "timedatectl set-ntp true, or date -s \"YYYY-MM-DD hh:mm:ss\"")
    }

    /// PLAT-18, H-09: V1 needed 0022; here modes are set whatever it says.
    private func mask() -> MachineFinding {
        var text = String(Machine.umask(), radix: 8)
        while text.utf8.count < 4 { text = "0" + text }
        return MachineFinding("umask", .works, "\(text); this core does not depend on it")
    }

    /// PLAT-11.
    private func trustStore() -> MachineFinding {
        for path in CloudCredentials.systemStores where Files.exists(path) {
            return MachineFinding("trust-store", .works, "\(path) has the authorities that this system trusts")
        }
        return MachineFinding(
            "trust-store", .degraded, "the system has no store of authorities; functions that use HTTPS may need one",
            remedy: "apt-get install ca-certificates")
    }

    /// PLAT-13.
    private func updates() -> MachineFinding {
        MachineFinding(
            "updates", .works,
            "this version has no over-the-air updates: none of the commands that V1's agent needs is used")
    }
}
