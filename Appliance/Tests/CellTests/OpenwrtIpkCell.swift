import Artifacts
import Foundation
import Image
import Testing

/// The package of opkg, installed, upgraded and removed on a root file system of OpenWrt's shape.
@Suite("Cell: openwrt-ipk", .serialized)
struct OpenwrtIpkCell {
    @Test(
        "PLAT-01, OWRT-01, OWRT-02: an ipk is installed, serves devices, is killed, reloaded, stopped, upgraded and removed"
    )
    func wholeLife() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            let feed = "openwrt/\(try cell.routerName())"
            let name = "greengrass_\(cell.build.version)-r1_\(try cell.routerName()).ipk"
            let package = try cell.file("\(feed)/\(name)")
            try checkFeed(try cell.file(feed + "/Packages"), package)
            try withRouter(cell.emptyRouter(in: folder), cell, in: folder) { router in
                try router.copy(package, to: "/tmp/greengrass.ipk")
                let said = try router.run("opkg install /tmp/greengrass.ipk")
                #expect(said.contains("there is no /greengrass/config/config.json yet"), "\(said)")
                try checkInstalled(router, cell)
                let core = try RouterCore(on: router)
                try core.checkLife()
                try core.start()
                try checkUpgrade(router, core, cell, folder)
                try checkRemoval(router)
            }
        }
    }

    /// The index is of this file: opkg compares what it downloads.
    private func checkFeed(_ index: String, _ package: String) throws {
        let text = try String(contentsOfFile: index, encoding: .utf8)
        #expect(text.contains("SHA256sum: \(try SHA256.hex(file: package))\n"))
        #expect(text.contains("Filename: \(URL(fileURLWithPath: package).lastPathComponent)\n"))
        #expect(try run("gzip", "-dc", index + ".gz") == text)
    }

    private func checkInstalled(_ router: Router, _ cell: Cell) throws {
        #expect(try router.run("opkg list-installed") == "greengrass - \(cell.build.version)-r1\n")
        for name in ["greengrass", "ggc_user"] {
            #expect(try router.text("/etc/passwd").contains("\n\(name):x:327"), "\(name)")
        }
        #expect(try router.text("/etc/group").contains("\nggc_group:x:327"))
        #expect(router.exists("/etc/rc.d/S95greengrassd") && router.exists("/etc/rc.d/K10greengrassd"))
        // No libc lies on this root: neither glibc nor musl is asked for.
        #expect(try router.run("find / -xdev -name '*libc*' -o -xdev -name 'ld-*'") == "")
        #expect(try router.run("/greengrass/ggc/core/greengrassd --version").contains(cell.build.version))
    }

    /// Configuration, certificates, group and whether it is enabled stay; the old version's files go.
    private func checkUpgrade(_ router: Router, _ core: RouterCore, _ cell: Cell, _ folder: String) throws {
        let second = try SecondVersion(of: cell.build, in: folder).build
        let names = try OpenWrtOpkgFeed().make(for: cell.architecture, in: second)
        let file = try #require(names.first { $0.hasSuffix(".ipk") })
        let changed = try router.text("/etc/config/greengrass")
        let key = try router.text("/greengrass/certs/group-ca/ca.key")
        try router.run("/etc/init.d/greengrassd disable")
        try router.copy("\(second.output)/\(file)", to: "/tmp/second.ipk")
        try router.run("opkg install /tmp/second.ipk")
        #expect(try router.run("opkg list-installed") == "greengrass - \(SecondVersion.number)-r1\n")
        #expect(try router.text("/etc/config/greengrass") == changed)
        #expect(router.exists("/etc/config/greengrass-opkg"), "the new one lies beside it")
        #expect(try router.text("/greengrass/certs/group-ca/ca.key") == key)
        #expect(try router.run("readlink /greengrass/ggc/core") == "packages/\(SecondVersion.number)\n")
        #expect(!router.exists("/greengrass/ggc/packages/\(cell.build.version)"))
        #expect(!router.exists("/etc/rc.d/S95greengrassd"), "it was disabled, and an upgrade enables nothing")
        try core.checkServes()
    }

    private func checkRemoval(_ router: Router) throws {
        let files = try router.run("opkg files greengrass").split(separator: "\n").map(String.init)
        #expect(files.count > 30)
        try router.run("opkg remove greengrass")
        let left = files.filter { path in
            (try? router.result("[ -f \(path) ] || [ -L \(path) ]").code) == 0
        }
        #expect(left == ["/etc/config/greengrass"])
        #expect(try router.run("ls /usr/lib/opkg/info") == "")
        #expect(try !router.run("ps").contains("/greengrass/"))
        #expect(!router.exists("/etc/rc.d/S95greengrassd") && !router.exists("/greengrass/ggc/core"))
        // What is the user's own stays.
        #expect(router.exists("/greengrass/certs/group-ca/ca.key") && router.exists("/greengrass/config/config.json"))
    }
}
