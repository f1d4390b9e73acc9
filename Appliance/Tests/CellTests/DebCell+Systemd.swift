import Artifacts
import Foundation
import Image
import Testing

/// The package's unit under systemd, on a booted Debian kernel with control groups of version 2.
extension DebCell {
    private static let systemd = DebianRoot(packages: ["adduser", "procps", "python3", "systemd-sysv"])

    /// A function that runs on, in a container with a memory limit.
    private static let group = """
        {
          "Functions": [{
            "Id": "steady", "FunctionArn": "arn:aws:lambda:us-west-2:000000000000:function:steady:1",
            "Runtime": "python3.7", "Handler": "steady.handler",
            "FunctionConfiguration": { "Pinned": true, "Timeout": 60, "MemorySize": 65536,
                                       "Environment": { "Execution": { "IsolationMode": "GreengrassContainer" } } }
          }]
        }
        """

    private static let script = """
        set -ex
        apt-get -qq update
        apt-get -q -y install greengrassd
        systemctl is-enabled greengrassd
        core=/greengrass/ggc/core/greengrassd
        $core init
        $core deploy /root/group
        pid() { systemctl show -P MainPID greengrassd; }
        not() { if "$@"; then return 1; fi; }
        await() { n=0; until "$@"; do n=$((n+1)); [ $n -lt 600 ]; sleep 0.1; done; }
        systemctl start greengrassd
        systemctl is-active greengrassd
        first=$(pid)
        test "$first" = "$(cat /var/run/greengrassd.pid)"
        ps aux | grep -E 'greengrass.*[d]aemon'
        running() { $core status --json | grep -q '"state": *"running"'; }
        await running
        # The function's limit, in bytes, in a group below the unit's.
        find /sys/fs/cgroup/system.slice/greengrassd.service -name memory.max | xargs grep -H '^67108864$'
        systemctl reload greengrassd
        systemctl is-active greengrassd
        second=$(pid)
        test "$first" != "$second"
        await running
        find /sys/fs/cgroup/system.slice/greengrassd.service -name memory.max | xargs grep -H '^67108864$'
        systemctl reload greengrassd
        test "$(pid)" != "$second"
        second=$(pid)
        await running
        find /sys/fs/cgroup/system.slice/greengrassd.service -name memory.max | xargs grep -H '^67108864$'
        kill -9 $second
        other() { systemctl -q is-active greengrassd && test "$(pid)" != "$second" && test "$(pid)" != 0; }
        await other
        $core status >/dev/null
        systemctl stop greengrassd
        test ! -e /var/run/greengrassd.pid
        not pgrep -f /greengrass/ggc/
        systemctl start greengrassd
        cp -a /greengrass /srv/unpacked
        install=/srv/unpacked/ggc/core/install/install.sh
        refused() { not "$@" 2>/root/said; cat /root/said; }
        refused $install --root /srv/other --force
        grep 'greengrassd.service is the service of the core in /greengrass' /root/said
        # A core whose place to write was changed meanwhile is started again with its package.
        mkdir /srv/moved
        sed -i '0,/{/s||{ "writeDirectory": "/srv/moved",|' /greengrass/config/config.json
        second=$(pid)
        apt-get -q -y install --reinstall greengrassd
        await other
        test "$(pid)" = "$(cat /srv/moved/var/run/greengrassd.pid)"
        # So is one that was started by hand, and its place has no second one beside it.
        systemctl stop greengrassd
        $core start
        sed -i 's|/srv/moved|/srv/again|' /greengrass/config/config.json
        apt-get -q -y install --reinstall greengrassd
        $core status --json | grep -q '"state": *"serving"'
        test "$(pgrep -fc 'ggc/packages/.*/bin/daemon')" = 2
        sed -i 's|/srv/again|/srv/moved|' /greengrass/config/config.json
        apt-get -q -y purge greengrassd
        not pgrep -f /greengrass/ggc/
        not systemctl cat greengrassd
        test ! -e /greengrass

        # In another root, behind a link, with a place to write that is set after the installation.
        mkdir /srv/an_odd-place
        ln -s an_odd-place /srv/link
        $install --root /srv/link/other --force
        core=/srv/link/other/ggc/core/greengrassd
        $core init
        mkdir /srv/written
        sed -i '0,/{/s||{ "writeDirectory": "/srv/written",|' /srv/link/other/config/config.json
        timeout 120 systemctl start greengrassd
        first=$(pid)
        test "$first" = "$(cat /srv/written/var/run/greengrassd.pid)"
        refused $install --root /srv/link/other --force --migrate
        grep 'a core runs from /srv/an_odd-place/other' /root/said
        sed -i 's|/srv/written|/srv/elsewhere|' /srv/link/other/config/config.json
        refused $install --root /srv/link/other --force --migrate
        grep 'a core runs from /srv/an_odd-place/other' /root/said
        timeout 120 systemctl reload greengrassd
        second=$(pid)
        test "$first" != "$second"
        test "$second" = "$(cat /srv/elsewhere/var/run/greengrassd.pid)"
        timeout 120 systemctl reload greengrassd
        kill -9 $(pid)
        second=$(cat /srv/elsewhere/var/run/greengrassd.pid)
        await other
        await $core status
        systemctl reload greengrassd
        test -s /var/run/greengrassd-srv-an__odd_-place-other.lock
        systemctl stop greengrassd
        test ! -e /var/run/greengrassd-srv-an__odd_-place-other.lock
        not pgrep -f /srv/an_odd-place/other/ggc/
        journalctl --no-pager -u greengrassd >/root/journal
        grep -q 'Greengrass Daemon' /root/journal
        not grep CGROUP /root/journal
        systemctl start greengrassd
        /srv/link/other/ggc/core/install/install.sh --uninstall --root /srv/link/other
        not pgrep -f /srv/an_odd-place/other/ggc/
        not systemctl cat greengrassd
        test ! -e /srv/link/other/ggc/packages
        """

    @Test(
        "INST-09: under systemd the unit starts, reloads, starts again after a crash, stops, and is gone with its package"
    )
    func underSystemd() throws {
        let cell = try Cell.current()
        let files = DebianPackageFile(cell.build, cell.architecture)
        guard cell.isNative else {
            // The very unit that the native cell starts.
            let path = "\(cell.build.output)/apt/pool/main/g/greengrassd/\(files.fileName)"
            let unit = try ArchiveReader.package(path)["lib/systemd/system/greengrassd.service"]
            let source = try cell.build.source("Appliance/files/linux/greengrassd.service").load()
            #expect(unit?.kind == .file(.bytes(source)))
            return
        }
        let archive = try Self.systemd.archive(for: cell.architecture, in: cell.build)
        var root = try ArchiveReader.tree(FileContent.file(archive).load(), name: archive)
        root.remove { $0.hasPrefix("etc/apt/sources.list") }
        try root.addFile("etc/apt/sources.list", text: "deb [trusted=yes] file:/srv/apt stable main\n")
        for name in try FileManager.default.subpathsOfDirectory(atPath: cell.build.output + "/apt") {
            let path = "\(cell.build.output)/apt/\(name)"
            if let content = try? FileContent.file(path) { try root.addFile("srv/apt/" + name, content) }
        }
        try root.addFile("root/group/group.json", text: Self.group)
        try root.addFile(
            "root/group/steady/steady.py", text: "def handler(event, context):\n    return None\n")
        let said = try withScratch { folder in
            try VirtualMachine.run(Self.script, in: root, build: cell.build, folder: folder)
        }
        #expect(said.contains("cell: passed"), "\(said)")
    }
}
