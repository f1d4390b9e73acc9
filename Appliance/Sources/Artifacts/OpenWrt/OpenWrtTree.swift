import Image

/// What a router gets: V1's tree below `/greengrass`, a service of procd, its UCI file, and what is kept over a sysupgrade.
///
/// Java's runtime stays out: Java on OpenWrt was never supported (what-is-gg.md), and a router has none. The others weigh
/// little and wait for `opkg install python3-light` or `node`.
public struct OpenWrtTree {
    public static let packageName = "greengrass"
    public static let runtimes: Set<String> = ["python", "nodejs", "executable"]
    /// What the user's changes are kept of, over upgrades of the package.
    public static let configurationFiles = ["/etc/config/greengrass"]
    /// `USER:GROUP` pairs that OpenWrt makes: the core's own, and those of functions (setup-filter.other.md).
    public static let users = ["greengrass:greengrass", "ggc_user:ggc_group"]

    public let build: Build
    public let architecture: Architecture

    public init(_ build: Build, _ architecture: Architecture) {
        self.build = build
        self.architecture = architecture
    }

    public func tree() throws -> FileTree {
        var tree = FileTree()
        var core = try CoreTree(build, architecture, runtimes: Self.runtimes).tree()
        // How it is installed on a Linux with systemd or sysv scripts.
        core.remove { $0.hasPrefix("ggc/packages/") && $0.hasSuffix("/install") }
        try tree.add(core, at: "greengrass")
        let files = "openwrt/feed/greengrass/files/"
        try tree.addFile("etc/init.d/greengrassd", build.source(files + "greengrassd.init"), mode: 0o755)
        // As OpenWrt's own packages have them: a UCI file may hold secrets.
        try tree.addFile("etc/config/greengrass", build.source(files + "greengrass.config"), mode: 0o600)
        try tree.addFile("lib/upgrade/keep.d/greengrass", build.source(files + "greengrass.keep"))
        return tree
    }
}

/// `greengrass-openwrt-ARCH-VERSION.tar.gz`: V1's archive for OpenWrt, to be unpacked with `tar -xzf FILE -C /`.
public struct OpenWrtTarball: Artifact {
    public var name: String { "openwrt-tarball" }

    public init() {}

    public static func fileName(_ architecture: Architecture, _ build: Build) -> String {
        "greengrass-openwrt-\(architecture.archiveName)-\(build.version).tar.gz"
    }

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = Self.fileName(architecture, build)
        let tree = try OpenWrtTree(build, architecture).tree()
        try ArchiveWriter(.tar, .gzip, time: build.time).write(tree, to: build.output + "/" + name)
        return [name]
    }
}
