import Artifacts
import Foundation
import Image
import Testing

/// V1's archive, unpacked and used as its guide says, on a Debian machine of the architecture.
@Suite("Cell: tarball", .serialized)
struct TarballCell {
    static func archive(_ cell: Cell) throws -> String {
        try cell.file("greengrass-linux-\(cell.architecture.archiveName)-\(cell.build.version).tar.gz")
    }

    /// gg-device-start.md, "Start AWS IoT Greengrass on the Core Device".
    static func unpack(_ cell: Cell, _ machine: Machine) throws {
        try machine.copy(archive(cell), to: "/root/greengrass.tar.gz")
        try machine.run("tar", "-xzf", "/root/greengrass.tar.gz", "-C", "/")
    }

    @Test(
        "PLAT-01, PLAT-02, PLAT-05, INST-02, INST-03, INST-04, INST-06, INST-07, INST-08: unpacked, configured, deployed, started, killed, stopped"
    )
    func wholeLife() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try Self.unpack(cell, machine)
            let version = cell.build.version
            for path in ["certs", "config", "ggc/core/greengrassd", "ggc/packages/\(version)/bin/daemon"] {
                #expect(machine.exists("/greengrass/" + path), "\(path)")
            }
            // Whatever C library the machine has: the program asks for none.
            let headers = try run("readelf", "-lW", machine.root + "/greengrass/ggc/packages/\(version)/greengrassd")
            #expect(!headers.contains("INTERP"))
            #expect(try machine.run(InstalledCore.program, "--version").contains(version))
            try machine.run("adduser", "--quiet", "--system", "ggc_user")
            try machine.run("addgroup", "--quiet", "--system", "ggc_group")
            var core = InstalledCore(machine)
            try core.configure()
            let lines = try core.command("start").split(separator: "\n").map(String.init)
            #expect(lines.prefix(2) == ["Setting up greengrass daemon", "Validating hardlink/softlink protection"])
            #expect(lines.last?.hasPrefix("Greengrass successfully started with PID: ") == true, "\(lines)")
            try checkRunning(core, cell, version)
            try core.exchange()
            try checkTree(machine)
            let first = try core.number("daemonPid")
            try core.command("restart")
            #expect(try core.number("daemonPid") != first)
            try core.exchange()
            try crash(core)
            #expect(try core.command("stop").contains("Stopped greengrass daemon"))
            try core.waitUntilGone()
        }
    }

    /// V1's way to see whether it runs (configs-core.md).
    private func checkRunning(_ core: InstalledCore, _ cell: Cell, _ version: String) throws {
        let seen = try core.machine.shell("ps aux | grep -E 'greengrass.*daemon' | grep -v grep || ps aux")
        let line = seen.split(separator: "\n").first { $0.hasPrefix("root") && $0.contains("/greengrass/ggc/") }
        #expect(line != nil, "\(seen)")
        // An emulated process shows its emulator's command line, which cannot be written over.
        if cell.isNative {
            #expect(line?.hasSuffix("/greengrass/ggc/packages/\(version)/bin/daemon") == true, "\(seen)")
        }
        let number = try core.number("daemonPid").map(String.init)
        #expect(try core.machine.text("/run/greengrassd.pid").trimmingCharacters(in: .newlines) == number)
    }

    private func checkTree(_ machine: Machine) throws {
        for path in ["deployment/group/group.json", "var/log/system/runtime.log", "var/state"] {
            #expect(machine.exists("/greengrass/ggc/" + path), "\(path)")
        }
        let function = "deployment/lambda/arn:aws:lambda:us-west-2:000000000000:function:python:1/answer.py"
        #expect(try machine.text("/greengrass/ggc/" + function) == machine.text("/root/group/python/answer.py"))
    }

    /// A core that is killed is started again by its supervisor.
    private func crash(_ core: InstalledCore) throws {
        let killed = try core.number("corePid")
        try core.machine.run("kill", "-9", String(try #require(killed)))
        try wait(for: "another core to serve") {
            let number = try core.number("corePid")
            return number != nil && number != killed
        }
        try core.exchange()
    }

    @Test("PLAT-02, INST-09: a new archive over an old one leaves the user's links, owners and modes, and back again")
    func upgrade() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            try withMachine(cell) { machine in
                try machine.shell("mkdir -p /srv/core /srv/certificates && ln -s srv/core /greengrass")
                try machine.shell("ln -s ../certificates /srv/core/certs && umask 077 && mkdir /srv/core/config")
                try upgrade(cell, machine, folder)
            }
        }
    }

    private func upgrade(_ cell: Cell, _ machine: Machine, _ folder: String) throws {
        func unpack(_ archive: String) throws {
            try machine.copy(archive, to: "/root/greengrass.tar.gz")
            // docs/install.md, "Upgrade".
            try machine.run(
                "tar", "-xzf", "/root/greengrass.tar.gz", "--keep-directory-symlink", "--no-overwrite-dir", "-C", "/")
            try machine.install("/greengrass/ggc/core/install/install.sh", "--init", "none")
        }
        try unpack(Self.archive(cell))
        try machine.shell("chown ggc_user:ggc_group /srv/certificates && chmod 751 /srv/certificates")
        var core = InstalledCore(machine)
        try core.configure()
        let places = "/greengrass /greengrass/certs /srv/certificates /srv/core/config"
        let before = try machine.shell("stat -c '%n %F %a %U:%G %N' \(places)")
        #expect(before.contains("/srv/certificates directory 751 ggc_user:ggc_group"), "\(before)")
        #expect(before.contains("/srv/core/config directory 700 root:root"), "\(before)")
        let second = try SecondVersion(of: cell.build, in: folder).build
        let name = try #require(Tarball().make(for: cell.architecture, in: second).first)
        try unpack("\(second.output)/\(name)")
        #expect(try machine.shell("stat -c '%n %F %a %U:%G %N' \(places)") == before)
        let link = "readlink /greengrass/ggc/core"
        #expect(try machine.shell(link).contains("packages/\(SecondVersion.number)"))
        try core.command("start")
        try core.exchange()
        try core.command("stop")
        try machine.run("ln", "-sfn", "packages/\(cell.build.version)", "/greengrass/ggc/core")
        try core.command("start")
        try core.exchange()
        try core.command("stop")
        try core.waitUntilGone()
    }

    @Test(
        "WDIR-01, WDIR-02, WDIR-03, WDIR-04, WDIR-05: a root that can only be read, and a write directory that changes")
    func writeDirectory() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try Self.unpack(cell, machine)
            var core = InstalledCore(machine)
            try machine.install("/greengrass/ggc/core/install/install.sh", "--init", "none")
            try core.command("init", "--thing", "other")
            try machine.shell("rm -rf /greengrass/config/* /greengrass/certs/* /greengrass/ggc/var")
            try core.configure()
            try core.command("start")
            try core.command("stop")
            let before = try machine.shell("cd /greengrass/ggc && find var -type f | sort | xargs sha256sum")
            for folder in ["/first", "/second"] {
                try machine.shell(
                    #"sed -i -e '/"writeDirectory"/d' -e '0,/{/s||{\n"writeDirectory": "\#(folder)",|' "#
                        + "/greengrass/config/config.json; mkdir \(folder)")
                try machine.shell(
                    "chmod 0600 /greengrass/config/config.json; chown -R ggc_user:ggc_group /greengrass/certs")
                try machine.mount("/greengrass", over: "/greengrass", readOnly: true)
                #expect(throws: BuildError.self) { try Self.unpack(cell, machine) }
                // Nothing is taken over from the place before: the group is deployed again.
                #expect(!machine.exists(folder + "/deployment"))
                try core.deploy()
                try core.command("start")
                try core.exchange()
                for path in [
                    "deployment/group/group.json", "deployment/lambda", "var/state", "var/log/system/runtime.log",
                ] {
                    #expect(machine.exists("\(folder)/\(path)"), "\(path)")
                }
                try core.command("stop")
                try core.waitUntilGone()
                try machine.unmount("/greengrass")
                try Self.unpack(cell, machine)
            }
            #expect(try machine.shell("cd /greengrass/ggc && find var -type f | sort | xargs sha256sum") == before)
        }
    }

    @Test("INST-11: an installation is put aside, another one takes its certificates, and the first comes back")
    func archived() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try Self.unpack(cell, machine)
            var core = InstalledCore(machine)
            try core.configure()
            try core.command("start")
            try core.command("stop")
            try machine.run("mv", "/greengrass", "/greengrass_backup")
            try Self.unpack(cell, machine)
            try machine.shell(
                "cp -a /greengrass_backup/certs/* /greengrass/certs; cp -a /greengrass_backup/config/* /greengrass/config"
            )
            try core.command("start")
            #expect(try core.status()?["deployment"] is NSNull)
            try core.deploy()
            try core.exchange()
            try core.command("stop")
            try machine.shell("rm -r /greengrass; mv /greengrass_backup /greengrass")
            try core.command("start")
            try core.exchange()
            try core.command("stop")
            try core.waitUntilGone()
        }
    }
}
