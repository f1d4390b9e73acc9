import Artifacts
import Foundation
import Image
import Testing

/// The package of apk, whose files and scripts are read back from the format and carried out in apk's order.
@Suite("Cell: openwrt-apk", .serialized)
struct OpenwrtApkCell {
    @Test(
        "PLAT-01, OWRT-01, OWRT-02: an apk is installed, serves devices, is killed, reloaded, stopped, upgraded and removed"
    )
    func wholeLife() throws {
        let cell = try Cell.current()
        try withScratch { folder in
            let feed = "openwrt/\(try cell.routerName())"
            let bytes = try load(cell.file("\(feed)/greengrass-\(cell.build.version)-r1.apk"))
            let package = try AlpinePackage(reading: bytes, name: "greengrass")
            #expect(package.information.architecture == (try cell.routerName()))
            let index = try AlpineIndex.file(description: "Perennial for \(try cell.routerName())", of: [bytes])
            #expect(try load(cell.file(feed + "/packages.adb")) == index.bytes())
            try withRouter(cell.emptyRouter(in: folder), cell, in: folder) { router in
                try unpack(package, on: router, folder)
                try carryOut(.postInstall, of: package, on: router)
                #expect(try router.text("/etc/passwd").contains("\ngreengrass:x:32768:32768:"))
                #expect(try router.text("/etc/passwd").contains("\nggc_user:x:32769:32769:"))
                #expect(router.exists("/etc/rc.d/S95greengrassd"))
                let core = try RouterCore(on: router)
                try core.checkLife()
                try core.start()
                try checkUpgrade(of: package, router, core, cell, folder)
            }
        }
    }

    private func load(_ path: String) throws -> [UInt8] { try FileContent.file(path).load() }

    /// As apk does it: a changed file below /etc stays, and the new one comes beside it (apk-protected_paths(5)).
    private func unpack(
        _ package: AlpinePackage, instead old: AlpinePackage? = nil, on router: Router, _ folder: String
    ) throws {
        var tree = package.tree
        for path in OpenWrtTree.configurationFiles where old != nil {
            let place = String(path.dropFirst())
            guard let entry = tree[place] else { continue }
            try tree.remove(place)
            try tree.add(place + ".apk-new", entry)
        }
        let archive = folder + "/package.tar"
        try ArchiveWriter(.tar, time: 1_000_000_000).write(tree, to: archive)
        try router.copy(archive, to: "/tmp/package.tar")
        try router.run("tar -xf /tmp/package.tar -C / && rm /tmp/package.tar")
        let gone = old?.tree.sorted.map(\.path).filter { package.tree[$0] == nil } ?? []
        try remove(gone, on: router)
    }

    private func remove(_ paths: [String], on router: Router) throws {
        guard !paths.isEmpty else { return }
        let list = paths.reversed().map { "/\($0)\n" }.joined()
        try list.write(toFile: router.root + "/tmp/gone", atomically: false, encoding: .utf8)
        try router.run(
            """
            while read -r path; do
                if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir "$path" 2>/dev/null; else rm -f "$path"; fi
            done </tmp/gone; rm /tmp/gone
            """)
    }

    private func carryOut(_ script: AlpinePackage.Script, of package: AlpinePackage, on router: Router) throws {
        let text = try #require(package.scripts[script])
        try text.write(toFile: router.root + "/tmp/script", atomically: false, encoding: .utf8)
        try router.run("sh /tmp/script && rm /tmp/script")
    }

    private func checkUpgrade(
        of first: AlpinePackage, _ router: Router, _ core: RouterCore, _ cell: Cell, _ folder: String
    ) throws {
        let second = try SecondVersion(of: cell.build, in: folder).build
        let names = try OpenWrtApkFeed().make(for: cell.architecture, in: second)
        let file = try #require(names.first { $0.hasSuffix(".apk") })
        let package = try AlpinePackage(reading: load("\(second.output)/\(file)"), name: file)
        let changed = try router.text("/etc/config/greengrass")
        try carryOut(.preUpgrade, of: package, on: router)
        #expect(try router.result("/etc/init.d/greengrassd running").code != 0)
        try unpack(package, instead: first, on: router, folder)
        try carryOut(.postUpgrade, of: package, on: router)
        #expect(try router.text("/etc/config/greengrass") == changed)
        #expect(!router.exists("/greengrass/ggc/packages/\(cell.build.version)"))
        try core.checkServes()

        try carryOut(.preDeinstall, of: package, on: router)
        let kept = Set(OpenWrtTree.configurationFiles.map { String($0.dropFirst()) })
        try remove(package.tree.sorted.map(\.path).filter { !kept.contains($0) }, on: router)
        #expect(try !router.run("ps").contains("/greengrass/"))
        for (path, entry) in package.tree.sorted where entry.kind != .directory {
            #expect(router.exists("/" + path) == kept.contains(path), "/\(path)")
        }
        #expect(!router.exists("/etc/rc.d/S95greengrassd"))
        #expect(router.exists("/greengrass/certs/group-ca/ca.key") && router.exists("/greengrass/config/config.json"))
    }
}
