import Artifacts
import Foundation
import Image
import Testing

/// The root file system with the package in it: booted, flashed anew, and what its stand-ins refuse.
@Suite("Cell: openwrt-rootfs", .serialized)
struct OpenwrtRootfsCell {
    private static let limit = 5_000_000

    private func image(_ cell: Cell) throws -> String {
        try cell.file(OpenWrtRootFileSystem.fileName(cell.architecture, cell.build))
    }

    @Test(
        "PLAT-01, PLAT-05, OWRT-01, OWRT-02: it boots read-only, serves after boots and power cuts, and a sysupgrade keeps what it needs"
    )
    func wholeLife() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            try withRouter(image(cell), cell, in: folder) { router in
                #expect(try router.result("touch /rom/file").code != 0)
                #expect(try router.run("cat /proc/mounts").contains("overlayfs:/overlay / overlay rw"))
                let core = try RouterCore(on: router)
                try core.checkLife()
                router.powerOff()
                try router.boot()
                try core.checkServes()
                router.cutPower()
                try router.boot()
                try core.checkServes()
                try checkSysupgrade(router, core, folder)
            }
        }
    }

    private func checkSysupgrade(_ router: Router, _ core: RouterCore, _ folder: String) throws {
        let kept = try router.run("sysupgrade -l").split(separator: "\n").map(String.init)
        for path in [
            "/etc/config/greengrass", "/greengrass/config/config.json", "/greengrass/certs/group-ca/ca.key",
            "/greengrass/certs/devices/sensor.cert.pem", "/greengrass/ggc/deployment",
            "/greengrass/ggc/deployments/1/group/group.json",
        ] { #expect(kept.contains(path), "\(path) is not among \(kept)") }
        #expect(!kept.contains { $0.hasPrefix("/greengrass/ggc/packages") || $0.contains("/var/log/") })
        try router.run("sysupgrade -b /tmp/backup.tar.gz")
        let backup = folder + "/backup.tar.gz"
        try run("cp", router.root + "/tmp/backup.tar.gz", backup)
        router.powerOff()
        try router.flash()
        try router.boot()
        #expect(!router.exists("/greengrass/config/config.json"))
        try router.copy(backup, to: "/tmp/backup.tar.gz")
        try router.run("sysupgrade -r /tmp/backup.tar.gz")
        router.powerOff()
        try router.boot()
        try core.checkServes()
    }

    @Test("OWRT-01: installed it takes less than 5 MB of flash, in the image and in the overlay")
    func size() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            let tree = try OpenWrtTree(cell.build, cell.architecture).tree()
            let image = try Squashfs(time: 0).write(tree, to: folder + "/package.squashfs")
            let overlay = try Self.pagewise(tree)
            print(
                "size openwrt \(cell.architecture.rawValue): unpacked \(tree.size), in a squashfs \(image), in a jffs2 "
                    + "\(overlay) bytes")
            #expect(image <= Self.limit && overlay <= Self.limit)
        }
    }

    /// What the files take in the overlay of a NOR flash: jffs2 compresses each page by itself, and puts 68 bytes before it
    /// (struct jffs2_raw_inode).
    private static func pagewise(_ tree: FileTree) throws -> Int {
        var sum = 0
        for (_, entry) in tree.sorted {
            guard case .file(let content) = entry.kind else { continue }
            let bytes = try content.load()
            for start in stride(from: 0, to: bytes.count, by: 4096) {
                let page = Array(bytes[start..<min(start + 4096, bytes.count)])
                sum += 68 + min(page.count, try Deflate.compress(page).count)
            }
        }
        return sum
    }

    @Test("OWRT-02: the write directory of the UCI file becomes the core's")
    func writeDirectory() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            try withRouter(image(cell), cell, in: folder) { router in
                try router.run("/greengrass/ggc/core/greengrassd init --thing router")
                let file = "/greengrass/config/config.json"
                try router.run("chown greengrass:ggc_group \(file) && chmod 640 \(file)")
                let line = "\toption write_directory '/mnt/stick/greengrass'\n\toption insecure '1'\n"
                try router.run("printf '%b' \"\(line)\" >>/etc/config/greengrass; /etc/init.d/greengrassd start")
                try wait(for: "the core to write there: \(router.log())") {
                    router.exists("/mnt/stick/greengrass/var/log/system/runtime.log")
                }
                let configuration = try router.text("/greengrass/config/config.json")
                // Whom it belongs to and who may read it is the user's decision.
                #expect(try router.run("stat -c '%a %U:%G' \(file)") == "640 greengrass:ggc_group\n")
                let data = try JSONSerialization.jsonObject(with: Data(configuration.utf8)) as? [String: Any]
                #expect(data?["writeDirectory"] as? String == "/mnt/stick/greengrass")
                #expect(data?["coreThing"] != nil)
                // The same again changes nothing, and a path that would break the file is refused.
                try router.run("/etc/init.d/greengrassd stop; /etc/init.d/greengrassd start")
                #expect(try router.text("/greengrass/config/config.json") == configuration)
                try router.run("sed -i 's|/mnt/stick/greengrass|relative \\&|' /etc/config/greengrass")
                let said = try router.run("/etc/init.d/greengrassd restart")
                #expect(said.contains("write_directory is \"relative &\": expected an absolute path"), "\(said)")
                #expect(try router.text("/greengrass/config/config.json") == configuration)
            }
        }
    }

    @Test("OWRT-02: a sysupgrade keeps a root of the user's own as well")
    func otherRoot() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            try withRouter(image(cell), cell, in: folder) { router in
                try router.run("/greengrass/ggc/core/greengrassd --root /srv/core init --thing router")
                let line = "\toption root '/srv/core'\n\toption insecure '1'\n"
                try router.run("printf '%b' \"\(line)\" >>/etc/config/greengrass; /etc/init.d/greengrassd start")
                let kept = try router.run("sysupgrade -l").split(separator: "\n")
                for path in ["config/config.json", "certs/group-ca/ca.key"] {
                    #expect(kept.contains("/srv/core/" + path), "\(path) is not among \(kept)")
                }
                // The list is of what the UCI file says now.
                try router.run("sed -i 's|/srv/core|/greengrass|' /etc/config/greengrass")
                try router.run("/greengrass/ggc/core/greengrassd init --thing router; /etc/init.d/greengrassd restart")
                #expect(try !router.run("sysupgrade -l").contains("/srv/core/"))
            }
        }
    }

    @Test("OWRT-02: the stand-ins fail on what OpenWrt's rc.common and procd do not have")
    func strict() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            try withRouter(image(cell), cell, in: folder) { router in
                for (call, message) in [
                    ("procd_set_param colour red", "procd has no parameter colour"),
                    ("procd_set_colour red", "calls procd_set_colour, which is not there"),
                    ("config_load greengrass; config_got a b c", "calls config_got, which is not there"),
                    ("procd_open_instance", "procd_open_instance within the instance"),
                ] {
                    let script = """
                        #!/bin/sh /etc/rc.common
                        USE_PROCD=1
                        START=90
                        start_service() {
                            procd_open_instance
                            \(call)
                            procd_set_param command true
                            procd_close_instance
                        }

                        """
                    try script.write(toFile: router.root + "/etc/init.d/wrong", atomically: false, encoding: .utf8)
                    let (code, output) = try router.result("chmod +x /etc/init.d/wrong; /etc/init.d/wrong start")
                    #expect(code == 70 && output.contains(message), "\(call): \(code) \(output)")
                }
                let applets = Set(try router.run("busybox --list").split(separator: "\n"))
                let links = try router.run("ls /bin").split(separator: "\n").filter { $0 != "busybox" }
                #expect(links.allSatisfy(applets.contains), "\(links.filter { !applets.contains($0) })")
            }
        }
    }
}
