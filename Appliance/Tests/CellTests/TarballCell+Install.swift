import Artifacts
import Foundation
import Image
import Testing

/// The install script of the archive.
extension TarballCell {
    private static let script = "/greengrass/ggc/core/install/install.sh"

    /// Everything below the places that the script may touch, with its kind, mode, owner and content.
    private func state(_ machine: Machine) throws -> String {
        try machine.shell(
            "find /greengrass /etc ! -type d -printf '%p %m %u:%g %l\n' | sort; "
                + "find /greengrass /etc -type f | sort | xargs sha256sum")
    }

    @Test(
        "INST-09, CHK-01, CHK-02, CHK-03: the install script makes users and service, again and again, and removes them"
    )
    func installScript() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try Self.unpack(cell, machine)
            var core = InstalledCore(machine)
            let before = try state(machine)
            let said = try machine.install(Self.script, "--dry-run", "--init", "sysv")
            #expect(said.contains("would run: useradd") && said.contains("Nothing was changed."), "\(said)")
            #expect(try state(machine) == before)
            // A machine without the protection of links is told what mends it, and left alone.
            try machine.shell("echo 0 >/root/off")
            try machine.mount("/root/off", over: "/proc/sys/fs/protected_hardlinks")
            let refused = try machine.result([Self.script, "--init", "sysv"])
            #expect(refused.code == 1 && refused.output.contains("protected_hardlinks"), "\(refused)")
            #expect(!machine.exists("/etc/init.d/greengrassd"))
            try machine.unmount("/proc/sys/fs/protected_hardlinks")

            try machine.install(Self.script, "--init", "sysv")
            #expect(try machine.run("id", "-gn", "ggc_user").hasPrefix("ggc_group"))
            try machine.run("id", "greengrass")
            try core.configure()
            let installed = try state(machine)
            let again = try machine.install(Self.script, "--init", "sysv")
            #expect(try !again.contains("Writing") && state(machine) == installed, "\(again)")
            try service(core)
            try removal(machine)
        }
    }

    /// The init script, with LSB's exit codes.
    private func service(_ core: InstalledCore) throws {
        let machine = core.machine
        let script = "/etc/init.d/greengrassd"
        #expect(try machine.result([script, "status"]).code == 3)
        #expect(try machine.result([script, "unknown"]).code == 2)
        // Red Hat's; without its file in there a service is not stopped with the machine.
        try machine.shell("mkdir -p /run/lock/subsys && test -d /var/lock/subsys")
        try machine.run(script, "start")
        try machine.run(script, "start")
        #expect(try machine.result([script, "status"]).code == 0)
        try core.exchange()
        try machine.run("test", "-e", "/var/lock/subsys/greengrassd")
        let first = try core.number("daemonPid")
        try machine.run(script, "restart")
        #expect(try core.number("daemonPid") != first)
        try machine.run(script, "stop")
        try machine.run(script, "stop")
        try machine.run("test", "!", "-e", "/var/lock/subsys/greengrassd")
        try core.waitUntilGone()
        try machine.shell("mv /greengrass/config/config.json /root")
        let unconfigured = try machine.result([script, "start"])
        #expect(unconfigured.code == 6 && unconfigured.output.contains("init"), "\(unconfigured)")
        try machine.shell("mv /root/config.json /greengrass/config")
        // Under systemd the unit does all this: DebCell starts it there.
        try machine.run(script, "start")
    }

    private func removal(_ machine: Machine) throws {
        try machine.shell("cp -R /greengrass/ggc/core/install /root/; cp -R /greengrass/ggc/packages /root/")
        try machine.run(Self.script, "--uninstall")
        try wait(for: "the core to end", seconds: 30) { machine.processes().isEmpty }
        for path in ["/etc/init.d/greengrassd", "/greengrass/ggc/packages", "/greengrass/ggc/core"] {
            #expect(!machine.exists(path), "\(path)")
        }
        #expect(try machine.result(["id", "ggc_user"]).code != 0)
        #expect(machine.exists("/greengrass/config/config.json") && machine.exists("/greengrass/certs/group-ca"))
        // Unpacked elsewhere it copies itself: certificates and configuration are those of before.
        let config = try machine.text("/greengrass/config/config.json")
        try machine.shell("tar -xzf /root/greengrass.tar.gz -C /root")
        // A careful root's mask closes nothing that functions have to read.
        try machine.shell(
            "umask 077; /root/greengrass/ggc/core/install/install.sh --root /greengrass --init none --force")
        #expect(try machine.text("/greengrass/config/config.json") == config)
        let modes = try machine.shell("stat -L -c %a /greengrass/ggc /greengrass/ggc/packages /greengrass/ggc/core")
        // The folder that the shell was started in went with the uninstalled core, and it says so first.
        #expect(modes.hasSuffix("755\n755\n755\n"), "\(modes)")
        try machine.run(Self.script, "--uninstall", "--purge")
        #expect(!machine.exists("/greengrass"))
    }

    @Test(
        "INST-09: a core in another root leaves service and users of the first, and a rebuilt program takes its place")
    func otherRoot() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try Self.unpack(cell, machine)
            try machine.install(Self.script, "--init", "sysv")
            try machine.run(InstalledCore.program, "init")
            let before = try state(machine)
            try machine.shell("tar -xzf /root/greengrass.tar.gz -C /root")
            let unpacked = "/root/greengrass/ggc/core/install/install.sh"
            let refused = try machine.result([unpacked, "--root", "/srv/other", "--init", "sysv", "--force"])
            #expect(
                refused.code == 1 && refused.output.contains("/etc/init.d/greengrassd is the service of the core in"))
            #expect(refused.output.contains("--init none") && !machine.exists("/srv/other"), "\(refused)")
            let install = [unpacked, "--root", "/srv/other", "--init", "none", "--force"]
            #expect(try machine.result(install).output.contains("Copying"))
            #expect(try !machine.result(install).output.contains("Copying"))
            // The same version, built otherwise.
            let program = "/ggc/packages/\(cell.build.version)"
            try machine.shell(
                "echo more >>/root/greengrass\(program)/install/README.md; touch /srv/other\(program)/old")
            let again = try machine.result(install)
            #expect(again.code == 0 && again.output.contains("Copying"), "\(again)")
            try machine.shell("diff -r /root/greengrass\(program) /srv/other\(program)")
            // What cannot be run any more is mended.
            try machine.shell("chmod 644 /srv/other\(program)/install/reload")
            #expect(try machine.result(install).output.contains("Copying"))
            try machine.shell("test -x /srv/other\(program)/install/reload")
            #expect(try machine.run("ls", "/srv/other/ggc/packages") == "\(cell.build.version)\n")
            try stopsElsewhere(machine)
            #expect(try state(machine) == before)
            try machine.run("id", "greengrass")
            try machine.run("id", "ggc_user")
            try machine.run("/etc/init.d/greengrassd", "start")
            try machine.run(Self.script, "--uninstall", "--purge")
            try wait(for: "the core to end", seconds: 30) { machine.processes().isEmpty }
            #expect(try machine.result(["id", "greengrass"]).code != 0)
            #expect(!machine.exists("/etc/init.d/greengrassd") && !machine.exists("/greengrass"))
        }
    }

    /// A core that writes elsewhere is found and stopped; a process that has a dead core's number is none.
    private func stopsElsewhere(_ machine: Machine) throws {
        let core = "/srv/other/ggc/core/greengrassd"
        let script = "/srv/other/ggc/core/install/install.sh"
        try machine.run(core, "init")
        try machine.shell(
            #"sed -i '0,/{/s||{ "writeDirectory": "/srv/written",|' /srv/other/config/config.json; mkdir /srv/written"#)
        try machine.run(core, "start")
        let running = try machine.result([script, "--migrate", "--init", "none", "--force"])
        #expect(running.code == 1 && running.output.contains("a core runs from /srv/other"), "\(running)")
        try machine.run(core, "stop")
        try machine.shell("mkdir -p /srv/other/ggc/var/run; cp /bin/sleep /root/qemu-other")
        let number = "echo $$ >/srv/other/ggc/var/run/greengrassd.pid; echo written; exec /root/qemu-other 1000"
        let stranger = try Command(machine.words(["/bin/sh", "-c", number]))
        try stranger.wait(for: "written")
        try machine.run(script, "--migrate", "--init", "none", "--force")
        try machine.shell("kill $(cat /srv/other/ggc/var/run/greengrassd.pid)")
        stranger.end()
        try machine.run(core, "start")
        try machine.shell("sed -i 's|/srv/written|/srv/elsewhere|' /srv/other/config/config.json")
        try machine.run(script, "--uninstall", "--purge")
        try wait(for: "the core to end", seconds: 30) { machine.processes().isEmpty }
    }

    @Test("INST-12: version 1.0's certificates and configuration are taken over")
    func fromFirstVersion() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try machine.shell(
                """
                mkdir -p /greengrass/configuration/certs /greengrass/configuration/group /greengrass/var/log
                cd /greengrass
                echo old >greengrassd
                echo authority >configuration/certs/root-ca.pem
                """)
            try Self.unpack(cell, machine)
            // Certificate and key as V1 names them.
            try machine.shell(
                """
                set -e
                \(InstalledCore.program) --root /root/made init --thing old_Core >/dev/null
                cd /greengrass/configuration
                cp /root/made/certs/old_Core.cert.pem certs/0123456789.cert.pem
                cp /root/made/certs/old_Core.private.key certs/0123456789.private.key
                cat >config.json <<END
                {
                    "coreThing": {
                        "caPath": "root-ca.pem", "certPath": "0123456789.cert.pem", "keyPath": "0123456789.private.key",
                        "thingArn": "arn:aws:iot:us-west-2:123456789012:thing/old_Core",
                        "iotHost": "localhost", "ggHost": "localhost", "keepAlive": 600
                    },
                    "runtime": { "cgroup": { "useSystemd": "yes" } }
                }
                END
                cp /root/made/certs/group-ca/ca.crt certs/root-ca.pem
                """)
            let refused = try machine.result([Self.script, "--init", "none"])
            #expect(refused.code == 1 && refused.output.contains("--migrate"), "\(refused)")
            try machine.install(Self.script, "--migrate", "--init", "none")
            #expect(try machine.text("/greengrass/config/config.json").contains("old_Core"))
            let core = InstalledCore(machine)
            try core.command("start")
            #expect(try core.status()?["thing"] as? String == "old_Core")
            try core.command("stop")
            // Nothing of the old version was touched, and nothing is taken over twice.
            #expect(
                machine.exists("/greengrass/configuration/config.json") && machine.exists("/greengrass/greengrassd"))
            try machine.shell("echo mine >/greengrass/certs/root-ca.pem")
            try machine.install(Self.script, "--migrate", "--init", "none")
            #expect(try machine.text("/greengrass/certs/root-ca.pem") == "mine\n")
        }
    }

    @Test("INST-12: a tree of version 1.9 keeps certificates and configuration, and what it had deployed is put aside")
    func fromLaterVersion() throws {
        let cell = try Cell.current()
        try withMachine(cell) { machine in
            try machine.shell(
                """
                mkdir -p /greengrass/certs /greengrass/config /greengrass/ggc/packages/1.9.4/bin
                cd /greengrass/ggc
                ln -s packages/1.9.4 core
                mkdir -p deployment/group deployment/lambda/arn:aws:lambda:us-west-2:123456789012:function:f:1
                mkdir -p var/log/system var/state/secrets
                echo '{"GroupId": "of V1"}' >deployment/group/group.json
                echo state >var/state/core
                """)
            try Self.unpack(cell, machine)
            var core = InstalledCore(machine)
            let refused = try machine.result([Self.script, "--init", "none"])
            #expect(refused.code == 1 && refused.output.contains("--migrate"), "\(refused)")
            try machine.shell(
                """
                \(InstalledCore.program) --root /root/made init --thing V1_Core >/dev/null
                cd /greengrass
                cp /root/made/certs/V1_Core.cert.pem certs/abc.cert.pem
                cp /root/made/certs/V1_Core.private.key certs/abc.private.key
                cp /root/made/certs/group-ca/ca.crt certs/root.ca.pem
                cp -R /root/made/certs/group-ca certs/
                cat >config/config.json <<END
                {
                    "coreThing": {
                        "caPath": "root.ca.pem", "certPath": "abc.cert.pem", "keyPath": "abc.private.key",
                        "thingArn": "arn:aws:iot:us-west-2:123456789012:thing/V1_Core", "keepAlive": 600
                    },
                    "runtime": { "cgroup": { "useSystemd": "yes" } }, "managedRespawn": false,
                    "crypto": {
                        "principals": {
                            "SecretsManager": { "privateKeyPath": "file:///greengrass/certs/abc.private.key" },
                            "IoTCertificate": {
                                "privateKeyPath": "file:///greengrass/certs/abc.private.key",
                                "certificatePath": "file:///greengrass/certs/abc.cert.pem"
                            }
                        },
                        "caPath": "file:///greengrass/certs/root.ca.pem"
                    }
                }
                END
                """)
            let config = try machine.text("/greengrass/config/config.json")
            try machine.install(Self.script, "--migrate", "--init", "none")
            #expect(try machine.text("/greengrass/config/config.json") == config)
            #expect(try machine.text("/greengrass/ggc/v1/deployment/group/group.json").contains("of V1"))
            #expect(try machine.text("/greengrass/ggc/v1/var/state/core") == "state\n")
            #expect(machine.exists("/greengrass/ggc/packages/1.9.4/bin"))
            try core.adopt()
            try core.command("start")
            try core.exchange()
            try core.command("stop")
            try core.waitUntilGone()
        }
    }
}
