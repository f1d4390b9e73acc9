import Artifacts
import Foundation
import Image
import Testing

/// The Debian package, installed by apt from the repository on a Debian machine of the architecture without systemd running.
@Suite("Cell: deb", .serialized)
struct DebCell {
    /// Puts the repository onto the machine, and has apt know it alone.
    private func offer(_ repository: String, _ machine: Machine) throws {
        try machine.shell("rm -rf /srv/apt /etc/apt/sources.list.d/* /etc/apt/sources.list")
        try machine.copy(repository, to: "/srv/apt")
        try machine.shell("echo 'deb [trusted=yes] file:/srv/apt stable main' >/etc/apt/sources.list")
        // Where no init system is installed, invoke-rc.d(8) starts nothing unless the machine's policy is to do so.
        try machine.shell("printf '#!/bin/sh\\nexit 0\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d")
        try machine.run("apt-get", "-qq", "update")
    }

    private func apt(_ machine: Machine, _ words: String...) throws -> String {
        let (code, output) = try machine.result(["apt-get", "-q", "-y", "--no-install-recommends"] + words)
        guard code == 0 else { throw BuildError("apt-get \(words.joined(separator: " ")) failed:\n\(output)") }
        return output
    }

    private func repository(_ cell: Cell) throws -> String {
        _ = try cell.file("apt/dists/stable/main/binary-\(cell.architecture.debian)/Packages.gz")
        return cell.build.output + "/apt"
    }

    @Test("PLAT-01, PLAT-02, PLAT-05, INST-02, INST-09: installed, configured, started, upgraded, removed, purged")
    func wholeLife() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try offer(repository(cell), machine)
            let installed = try apt(machine, "install", "greengrassd")
            #expect(installed.contains("greengrassd init"), "\(installed)")
            #expect(try machine.run("id", "-gn", "ggc_user").hasPrefix("ggc_group"))
            try machine.run("id", "greengrass")
            #expect(try machine.run("dpkg", "--verify", "greengrassd").isEmpty)
            var core = InstalledCore(machine)
            try core.configure()
            try machine.run("service", "greengrassd", "start")
            try core.exchange()
            try upgrade(core, cell)
            try removal(core)
        }
    }

    /// To a next version: its packages are made from the same program.
    private func upgrade(_ core: InstalledCore, _ cell: Cell) throws {
        let machine = core.machine
        let kept =
            "sha256sum /etc/default/greengrassd /etc/init.d/greengrassd; cd /greengrass; "
            + "find certs config ggc/deployments ggc/var/state -type f | sort | xargs sha256sum"
        try machine.shell("echo '# mine' >>/etc/default/greengrassd; echo '# mine' >>/etc/init.d/greengrassd")
        let before = try machine.shell(kept)
        let daemon = try core.number("daemonPid")
        try withScratch { folder in
            var build = try Build(repository: cell.build.repository, output: folder)
            for architecture in Architecture.allCases {
                let binaries = "\(cell.build.output)/\(architecture.rawValue)"
                guard FileManager.default.fileExists(atPath: binaries) else { continue }
                try CellTests.run("cp", "-RL", binaries, folder)
            }
            build.version = "0.1.1"
            _ = try DebianRepository().make(for: cell.architecture, in: build)
            try offer(folder + "/apt", machine)
        }
        _ = try apt(machine, "upgrade")
        #expect(try machine.run("dpkg-query", "-W", "-f", "${Version}", "greengrassd") == "0.1.1-1")
        #expect(try machine.shell(kept) == before)
        #expect(!machine.exists("/greengrass/ggc/packages/\(cell.build.version)"))
        let now = try core.number("daemonPid")
        #expect(now != nil && now != daemon)
        #expect(machine.processes().values.contains { $0.contains("/greengrass/ggc/") })
        try core.exchange()
    }

    private func removal(_ core: InstalledCore) throws {
        let machine = core.machine
        let daemon = try core.number("daemonPid")
        _ = try apt(machine, "remove", "greengrassd")
        #expect(daemon != nil && machine.processes().isEmpty)
        for path in ["config/config.json", "certs/group-ca/ca.crt", "ggc/deployments"] {
            #expect(machine.exists("/greengrass/" + path), "\(path)")
        }
        #expect(!machine.exists("/greengrass/ggc/packages") && machine.exists("/etc/default/greengrassd"))
        #expect(try machine.result(["/etc/init.d/greengrassd", "stop"]).code == 0)
        // Back again, it is configured and is started.
        _ = try apt(machine, "install", "greengrassd")
        try core.exchange()
        _ = try apt(machine, "purge", "greengrassd")
        try core.waitUntilGone()
        for path in ["/greengrass", "/etc/default/greengrassd", "/etc/init.d/greengrassd"] {
            #expect(!machine.exists(path), "\(path)")
        }
        #expect(try !machine.shell("find /etc -name '*greengrassd*'").contains("/"))
    }

    @Test("INST-12: what V1 left in /greengrass is taken over")
    func fromV1() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try machine.shell(
                """
                mkdir -p /greengrass/configuration/certs /greengrass/ggc/packages/1.9.4 /greengrass/ggc/deployment/group
                cd /greengrass
                ln -s packages/1.9.4 ggc/core
                echo '{"coreThing": {"thingArn": "arn:aws:iot:us-west-2:123456789012:thing/Old"}}' >configuration/config.json
                """)
            try offer(repository(cell), machine)
            let said = try apt(machine, "install", "greengrassd")
            #expect(said.contains("--migrate"), "\(said)")
            try machine.install("/greengrass/ggc/core/install/install.sh", "--migrate")
            let core = InstalledCore(machine)
            try machine.run("service", "greengrassd", "start")
            #expect(try core.status()?["thing"] as? String == "Old")
            #expect(machine.exists("/greengrass/ggc/v1/deployment/group"))
            _ = try apt(machine, "purge", "greengrassd")
            // V1's own program and files are not the package's.
            #expect(machine.exists("/greengrass/ggc/packages/1.9.4") && machine.exists("/greengrass/configuration"))
        }
    }

    @Test("PLAT-01: armhf runs on Raspberry Pi OS for ARMv6, and an ARMv5 is refused before anything is changed")
    func oldProcessors() throws {
        let cell = try Cell.current()
        // For the program alone: Debian's own programs in armhf are for later processors.
        let isARM = cell.architecture == .armv6l || cell.architecture == .armv7l
        let oldest = isARM ? "QEMU_CPU=arm1176" : "LC_ALL=C"
        try withMachine(cell) { machine in
            try offer(repository(cell), machine)
            try machine.shell("printf '#!/bin/sh\\necho armv5tel\\n' >/root/uname; chmod 755 /root/uname")
            try machine.mount("/root/uname", over: "/usr/bin/uname")
            #expect(throws: BuildError.self) { try apt(machine, "install", "greengrassd") }
            #expect(!machine.exists("/greengrass/ggc/packages"))
            try machine.unmount("/usr/bin/uname")
            _ = try apt(machine, "install", "greengrassd")
            try machine.run("env", oldest, InstalledCore.program, "init")
            try machine.run("env", oldest, InstalledCore.program, "start")
            #expect(try InstalledCore(machine).status() != nil)
            try machine.run(InstalledCore.program, "stop")
        }
    }

    @Test("INST-09: the unit is one that systemd accepts")
    func unit() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try offer(repository(cell), machine)
            _ = try apt(machine, "install", "greengrassd")
            let path = "/lib/systemd/system/greengrassd.service"
            let text = try machine.text(path)
            for line in [
                "Type=forking", "PIDFile=/var/run/greengrassd.pid", "Restart=on-failure", "WantedBy=multi-user.target",
            ] { #expect(text.contains(line + "\n"), "\(line)") }
            // What it is ordered by; this machine has no systemd.
            for name in ["basic", "multi-user", "network", "network-online", "shutdown", "sysinit"] {
                try machine.copy("/lib/systemd/system/\(name).target", to: "/lib/systemd/system/")
            }
            try CellTests.run("systemd-analyze", "verify", "--man=no", "--root=" + machine.root, path)
        }
    }

    @Test("PLAT-02: apt takes the repository with its signature, and refuses it once something was changed")
    func signed() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try withScratch { folder in
                let build = try Build(repository: cell.build.repository, output: folder)
                try CellTests.run("cp", "-R", repository(cell), folder)
                let home = folder + "/ring"
                try CellTests.run("mkdir", "-m", "700", home)
                let gpg = ["gpg", "--homedir", home, "--batch", "--quiet"]
                for words in [
                    ["--passphrase", "", "--quick-gen-key", "cell@example.invalid", "ed25519"],
                    ["--output", folder + "/secret", "--export-secret-keys"],
                    ["--output", folder + "/public", "--export"],
                ] {
                    let (code, output) = try CellTests.result(of: gpg + words)
                    guard code == 0 else { throw BuildError("gpg \(words) failed:\n\(output)") }
                }
                try CellTests.run("gpgconf", "--homedir", home, "--kill", "all")
                try DebianRepository().sign(key: folder + "/secret", in: build)
                try machine.copy(folder + "/public", to: "/etc/apt/keyrings/perennial.gpg")
                try offer(folder + "/apt", machine)
            }
            try machine.shell(
                "echo 'deb [signed-by=/etc/apt/keyrings/perennial.gpg] file:/srv/apt stable main' >/etc/apt/sources.list"
            )
            let strict = ["apt-get", "-q", "-o", "APT::Update::Error-Mode=any", "update"]
            let taken = try machine.result(strict)
            #expect(taken.code == 0, "\(taken.output)")
            try machine.shell("sed -i 's/^Label: .*/Label: Other/' /srv/apt/dists/stable/InRelease")
            #expect(try machine.result(strict).code != 0)
        }
    }
}
