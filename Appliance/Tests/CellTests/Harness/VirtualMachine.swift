import Artifacts
import Foundation
import Image

/// A booted Debian system of this machine's processor, whose root file system is in memory: with a kernel, systemd and control
/// groups of its own.
struct VirtualMachine {
    /// Runs a script of a root file system as root once the system is up, then powers it off.
    ///
    /// - Parameters:
    ///   - script: for /bin/sh; what it says is shown on the console.
    ///   - root: with systemd.
    /// - Returns: what the console showed.
    static func run(_ script: String, in root: FileTree, build: Build, folder: String) throws -> String {
        let words = try words(script, in: root, build: build, folder: folder)
        let (code, output) = try result(of: ["timeout", "900"] + words)
        guard code == 0 else { throw BuildError("The virtual machine ended with \(code):\n\(output)") }
        return output
    }

    /// The words that boot it and run the script, with the serial console as standard input and output.
    static func words(_ script: String, in root: FileTree, build: Build, folder: String) throws -> [String] {
        var root = root
        root.remove {
            $0.hasPrefix("usr/share/doc/") || $0.hasPrefix("usr/share/locale/") || $0.hasPrefix("var/cache/apt/")
        }
        try root.addFile("init", text: first, mode: 0o755)
        // Nobody logs in, and a device that no udev tells of would be waited for.
        try root.addLink("etc/systemd/system/serial-getty@ttyS0.service", to: "/dev/null")
        try root.addFile("root/cell.sh", text: script, mode: 0o755)
        try root.addFile("etc/systemd/system/cell.service", text: unit)
        try root.addLink(
            "etc/systemd/system/multi-user.target.wants/cell.service", to: "/etc/systemd/system/cell.service")
        let archive = folder + "/root.cpio"
        try ArchiveWriter(.cpio, time: build.time).write(root, to: archive)
        // In software: it needs no privilege, and works where the machine itself is a virtual one.
        return [
            "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-m", "2048", "-smp", "2", "-nographic", "-no-reboot",
            "-nic", "none", "-kernel", try kernel(in: build), "-initrd", archive, "-append",
            "console=ttyS0 quiet panic=-1",
        ]
    }

    /// The kernel's first root file system cannot be changed for another one, as containers do: pivot_root(2), NOTES.
    private static let first = """
        #!/bin/sh
        mkdir /new
        mount -t tmpfs -o mode=755,size=90% root /new
        for name in bin etc home lib lib64 root sbin srv usr var; do cp -a /$name /new/; done
        mkdir /new/dev /new/proc /new/run /new/sys
        mkdir -m 1777 /new/tmp
        exec switch_root /new /lib/systemd/systemd
        """ + "\n"

    private static let unit = """
        [Unit]
        After=multi-user.target
        [Service]
        Type=oneshot
        Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive
        ExecStart=/bin/sh -c '/root/cell.sh && echo cell: passed || echo cell: failed'
        ExecStopPost=/bin/systemctl --no-block poweroff
        StandardOutput=tty
        StandardError=tty
        TTYPath=/dev/ttyS0
        """

    /// Debian's kernel for virtual machines, which `make test-cgroup-v2` has downloaded, or is now.
    private static func kernel(in build: Build) throws -> String {
        let listed = try CellTests.run("apt-cache", "depends", "linux-image-cloud-amd64")
        guard let line = listed.split(separator: "\n").first(where: { $0.contains("Depends:") }),
            let package = line.split(separator: " ").last
        else { throw BuildError("apt knows no linux-image-cloud-amd64:\n\(listed)") }
        let folder = "\(build.cache)/vm-\(package)"
        if !FileManager.default.fileExists(atPath: folder) {
            try withScratch { scratch in
                let download = "cd \(scratch) && apt-get -q download \(package) && dpkg -x ./*.deb \(folder).partial"
                try CellTests.run("sh", "-c", download)
                guard rename(folder + ".partial", folder) == 0 else { throw BuildError("\(folder) cannot be written.") }
            }
        }
        guard
            let name = try FileManager.default.contentsOfDirectory(atPath: folder + "/boot").first(where: {
                $0.hasPrefix("vmlinuz-")
            })
        else { throw BuildError("\(folder)/boot has no kernel.") }
        return "\(folder)/boot/\(name)"
    }
}
