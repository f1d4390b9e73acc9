import Foundation
import Image

/// `greengrass-openwrt-rootfs-ARCH-VERSION.squashfs`: a read-only root file system in the shape of OpenWrt's, with the
/// package in it. It is not OpenWrt: where that has procd, libubox and opkg, this has BusyBox and the stand-ins of
/// `openwrt/stand-in`, on which the packages are tried (docs/openwrt.md).
public struct OpenWrtRootFileSystem: Artifact {
    public var name: String { "openwrt-rootfs" }

    public init() {}

    public static func fileName(_ architecture: Architecture, _ build: Build) -> String {
        "greengrass-openwrt-rootfs-\(architecture.archiveName)-\(build.version).squashfs"
    }

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = Self.fileName(architecture, build)
        let tree = try Self.tree(architecture, build, installed: true)
        try Squashfs(time: build.time).write(tree, to: build.output + "/" + name)
        return [name]
    }

    /// - Parameter installed: whether the greengrass package is in it.
    public static func tree(_ architecture: Architecture, _ build: Build, installed: Bool) throws -> FileTree {
        guard let router = OpenWrtArchitecture.known.first(where: { $0.architecture == architecture }) else {
            throw BuildError("OpenWrt has no architecture for \(architecture.rawValue).")
        }
        var tree = try base(architecture, build)
        try tree.addFile(
            "etc/opkg.conf", text: "dest root /\narch all 1\narch noarch 1\narch \(router.name) 10\n")
        var (passwd, group, shadow) = ("root:x:0:0:root:/root:/bin/ash\n", "root:x:0:\n", "root:*:0:0:99999:7:::\n")
        if installed {
            try install(OpenWrtOpkgFeed.package(router, build), in: &tree)
            // OpenWrt counts from here where a package asks for no number.
            for (number, pair) in zip(32768..., OpenWrtTree.users) {
                let names = pair.split(separator: ":")
                passwd += "\(names[0]):x:\(number):\(number):\(names[0]):/var/run/\(names[0]):/bin/false\n"
                group += "\(names[1]):x:\(number):\n"
                shadow += "\(names[0]):x:0:0:99999:7:::\n"
            }
        }
        let parts = try build.coreComponents() + build.components(of: "busybox", for: architecture)
        let bill = SBOM(of: fileName(architecture, build), parts, build)
        try tree.addFile("usr/share/doc/perennial/sbom.spdx.json", .bytes(bill.json()))
        try tree.addFile("etc/passwd", text: passwd)
        try tree.addFile("etc/group", text: group)
        try tree.addFile("etc/shadow", text: shadow, mode: 0o600)
        return tree
    }

    /// BusyBox, the stand-ins, and the places that have to be there.
    private static func base(_ architecture: Architecture, _ build: Build) throws -> FileTree {
        var tree = FileTree()
        let package = try build.packages.tree(of: "busybox", for: architecture.debian)
        guard case .file(let busybox)? = (package["bin/busybox"] ?? package["usr/bin/busybox"])?.kind else {
            throw BuildError("Debian's busybox-static has no bin/busybox. Look at it, then at packages.lock.")
        }
        try tree.addFile("bin/busybox", busybox, mode: 0o755)
        let licence = "usr/share/doc/busybox-static/copyright"
        guard let text = package[licence] else {
            throw BuildError("Debian's busybox-static has no \(licence). Look at it, then at packages.lock.")
        }
        try tree.add(licence, text)
        for applet in try build.sourceText("openwrt/applets").split(separator: "\n") {
            try tree.addLink("bin/\(applet)", to: "busybox")
        }
        try tree.addLink("sbin/init", to: "../bin/busybox")
        let folder = "openwrt/stand-in"
        for path in try build.sources(below: folder) {
            let isProgram = FileManager.default.isExecutableFile(atPath: "\(build.repository)/\(folder)/\(path)")
            try tree.addFile(path, build.source("\(folder)/\(path)"), mode: isProgram ? 0o755 : 0o644)
        }
        for path in ["dev", "etc/rc.d", "lib/upgrade/keep.d", "mnt", "overlay", "proc", "rom", "root", "sys"] {
            try tree.addDirectory(path)
        }
        try tree.addDirectory("tmp", mode: 0o1777)
        try tree.addLink("var", to: "tmp")
        try tree.addLink("etc/rc.d/S10boot", to: "../init.d/boot")
        // The numbers of Documentation/admin-guide/devices.txt.
        for (name, major, minor) in [
            ("null", 1, 3), ("zero", 1, 5), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0), ("console", 5, 1),
        ] as [(String, UInt32, UInt32)] {
            try tree.add("dev/" + name, FileTree.Entry(.characterDevice(major: major, minor: minor), mode: 0o666))
        }
        for (number, name) in ["stdin", "stdout", "stderr"].enumerated() {
            try tree.addLink("dev/" + name, to: "/proc/self/fd/\(number)")
        }
        try tree.addLink("dev/fd", to: "/proc/self/fd")
        return tree
    }

    /// As opkg leaves it in the tree of an image: unpacked, registered, the service enabled and not started.
    private static func install(_ package: OpkgPackage, in tree: inout FileTree) throws {
        try tree.add(package.tree)
        let info = "usr/lib/opkg/info/" + OpenWrtTree.packageName
        try tree.addFile(info + ".control", text: package.control)
        try tree.addFile(info + ".list", text: package.tree.sorted.map { "/\($0.path)\n" }.joined())
        try tree.addFile(info + ".conffiles", text: package.configurationFiles.map { $0 + "\n" }.joined())
        let sums = try package.configurationFiles.map { path in
            guard case .file(let content)? = package.tree[String(path.dropFirst())]?.kind else { return "" }
            return "\(SHA256.hex(try content.load())) \(path)\n"
        }
        try tree.addFile(info + ".conffiles-sums", text: sums.joined())
        for (name, text) in package.scripts { try tree.addFile("\(info).\(name)", text: text, mode: 0o755) }
        for link in ["S95", "K10"] { try tree.addLink("etc/rc.d/\(link)greengrassd", to: "../init.d/greengrassd") }
    }
}
