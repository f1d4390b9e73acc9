import Linux

/// The kernel's protection of hard and soft links in world-writable folders (proc(5), row PLAT-07): without it a
/// function could lead the root-owned supervisor to a file of its choice.
public enum LinkProtection {
    /// What to tell a person when the protection is off, or nil when it is on.
    public static func problem() -> String? {
        var off: [String] = []
        for name in ["protected_hardlinks", "protected_symlinks"] where !isOn(name) { off.append("fs.\(name)") }
        if off.isEmpty { return nil }
        let settings = off.map { "\($0)=1" }.joined(separator: " ")
        // Container engines lay a read-only mount over the kernel's settings.
        if OuterContainer.current().mountPoints.contains("/proc/sys") {
            return
                "Hardlink/softlink protection is off (\(off.joined(separator: ", "))), and a container cannot turn it on. On "
                + "the machine that runs it, `sudo sysctl -w \(settings)` does until the next boot, the same lines in a file below "
                + "/etc/sysctl.d for good; `-i` behind the image's name starts without it, in insecure mode."
        }
        return "Hardlink/softlink protection is off on this machine (\(off.joined(separator: ", "))). "
            + "`sysctl -w \(settings)` turns it on until the next boot, the same lines in a file below /etc/sysctl.d "
            + "for good; `greengrassd -i start` starts without it, in insecure mode."
    }

    private static func isOn(_ name: String) -> Bool {
        do throws(SystemError) {
            return try Files.read("/proc/sys/fs/\(name)", limit: 16).first == UInt8(ascii: "1")
        } catch {
            return false
        }
    }
}
