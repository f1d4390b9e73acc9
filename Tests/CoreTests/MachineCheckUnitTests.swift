import Group
import Linux
import Testing

@testable import Core

@Suite("The check of the machine")
struct MachineCheckUnitTests {
    private func line(_ place: String, _ kind: String, _ options: String) -> String {
        "30 23 0:26 / \(place) rw,nosuid shared:9 - \(kind) \(kind) \(options)\n"
    }

    private func groups(_ lines: String...) -> MountedControlGroups {
        MountedControlGroups(mounts: Array(lines.joined().utf8))
    }

    @Test("PLAT-09: control groups of version 1, 2 and both are told apart")
    func controlGroups() {
        let first = groups(
            line("/sys/fs/cgroup/memory", "cgroup", "rw,memory"), line("/sys/fs/cgroup/cpu", "cgroup", "rw,cpu,cpuacct")
        )
        #expect(first.kind == "v1")
        #expect(first.has("memory") && !first.has("devices") && first.has("cpu"))
        #expect(first.controllers["memory"] == "/sys/fs/cgroup/memory")
        let second = groups(line("/sys/fs/cgroup", "cgroup2", "rw,nsdelegate"))
        #expect(second.kind == "v2")
        #expect(second.has("devices") && !second.has("memory"))
        let both = groups(
            line("/sys/fs/cgroup/devices", "cgroup", "rw,devices"), line("/sys/fs/cgroup/unified", "cgroup2", "rw"))
        #expect(both.kind == "v1 and v2 (hybrid)")
        #expect(both.has("devices") && !both.has("memory"))
        #expect(groups("nonsense\n", line("/proc", "proc", "rw")).kind == "none")
        #expect(groups().kind == "none")
    }

    @Test("PLAT-15: where the memory controller is off, a Raspberry Pi's owner is told the line to write")
    func raspberryPi() {
        #expect(
            MachineCheck.memoryRemedy(commandLine: "/boot/cmdline.txt")
                == "append ` cgroup_enable=memory cgroup_memory=1` to the one line of /boot/cmdline.txt and reboot")
        #expect(MachineCheck.memoryRemedy(commandLine: nil).contains("GRUB_CMDLINE_LINUX"))
    }

    @Test(
        "PLAT-04: the kernel's version",
        arguments: [("4.19.0-17-armmp", 4, 19), ("3.17", 3, 17), ("6.1.0+", 6, 1), ("", 0, 0)])
    func version(release: String, major: Int, minor: Int) {
        #expect(MachineCheck.version(release) == (major, minor))
    }

    @Test(
        "PLAT-12: Python 2 is in no Debian any more, and the remedy does not say that it is to be installed from there")
    func installation() throws {
        let old = MachineCheck.installation(try #require(Runtime(name: "python2.7")))
        #expect(old == "Python 2 is no longer in Debian; point python2.7 to a build of your own")
        #expect(
            MachineCheck.installation(try #require(Runtime(name: "python3.7"))).hasPrefix("apt-get install python3,"))
    }

    @Test("CHK-02: a finding is a line, and what mends it a second one")
    func lines() {
        let finding = MachineFinding("disk", .missing, "3 KB free", remedy: "free some space")
        #expect(finding.lines == ["missing   disk: 3 KB free", "          → free some space"])
        #expect(MachineFinding("disk", .works, "much").lines == ["works     disk: much"])
        #expect(MachineCheck.mishaps([finding, MachineFinding("a", .degraded, "b", remedy: "c")]) == finding.lines)
    }
}
