import Image

/// `greengrassd_VERSION-1_ARCH.deb`, deb(5): the tarball's tree at `/greengrass`, with unit, init script and maintainer
/// scripts.
public struct DebianPackageFile {
    public static let package = "greengrassd"

    public let build: Build
    /// What it is made from.
    let core: Architecture
    /// Debian's name of the architecture.
    public let architecture: String

    /// For an architecture of ours.
    ///
    /// Debian's armhf is ARMv7, but Raspberry Pi OS's armhf is ARMv6: what has that name must run on both, so the core of
    /// armhf is armv6l's. Its program is static and its native library bears no mark of a floating-point convention, so
    /// they run beside either.
    public init(_ build: Build, _ architecture: Architecture) {
        self.build = build
        self.architecture = architecture.debian
        core = Self.core(for: architecture)
    }

    static func core(for architecture: Architecture) -> Architecture {
        architecture == .armv7l ? .armv6l : architecture
    }

    /// With Debian's revision of it.
    public var version: String { build.version + "-1" }

    public var fileName: String { "\(Self.package)_\(version)_\(architecture).deb" }

    /// The package's bytes, with its control fields for an index.
    public func make() throws -> (bytes: [UInt8], control: String) {
        let data = try self.data()
        let control = controlFields(installedSize: Self.installedSize(of: data))
        var writer = ArchiveWriter(.tar, .gzip, time: build.time)
        writer.prefix = "./"
        let bytes = try DebianArchive.bytes(
            control: writer.bytes(controlTree(control, data)), data: writer.bytes(data), time: build.time)
        return (bytes, control)
    }

    /// What dpkg puts onto the machine.
    func data() throws -> FileTree {
        var tree = FileTree()
        try tree.add(CoreTree(build, core).tree(), at: "greengrass")
        let files = "Appliance/files/"
        try tree.addFile("etc/default/greengrassd", build.source(files + "linux/greengrassd.default"))
        try tree.addFile("etc/init.d/greengrassd", build.source(files + "linux/greengrassd.init"), mode: 0o755)
        try tree.addFile("lib/systemd/system/greengrassd.service", build.source(files + "linux/greengrassd.service"))
        let documentation = "usr/share/doc/\(Self.package)/"
        try tree.addFile(documentation + "copyright", build.source(files + "debian/copyright"))
        let changelog = try Tool("gzip", "-9n").run(input: Array(self.changelog.utf8))
        try tree.addFile(documentation + "changelog.Debian.gz", .bytes(changelog))
        try tree.addFile("usr/share/lintian/overrides/\(Self.package)", build.source(files + "debian/overrides"))
        return tree
    }

    private static let configurationFiles = ["/etc/default/greengrassd", "/etc/init.d/greengrassd"]

    private func controlTree(_ control: String, _ data: FileTree) throws -> FileTree {
        var tree = FileTree()
        try tree.addFile("control", text: control)
        try tree.addFile("conffiles", text: Self.configurationFiles.map { $0 + "\n" }.joined())
        try tree.addFile("md5sums", text: Self.sums(of: data))
        for name in ["preinst", "postinst", "prerm", "postrm"] {
            try tree.addFile(name, build.source("Appliance/files/debian/" + name), mode: 0o755)
        }
        return tree
    }

    /// deb-md5sums(5): configuration files are left out, dpkg knows their sums.
    private static func sums(of data: FileTree) throws -> String {
        var text = ""
        for (path, entry) in data.sorted where !configurationFiles.contains("/" + path) {
            guard case .file(let content) = entry.kind else { continue }
            text += "\(try MD5.hex(content))  \(path)\n"
        }
        return text
    }

    /// In KiB, each file rounded up and 1 for anything else: deb-substvars(5), Installed-Size.
    private static func installedSize(of data: FileTree) -> Int {
        data.sorted.reduce(0) { sum, item in
            if case .file(let content) = item.entry.kind { return sum + (content.size + 1023) / 1024 }
            return sum + 1
        }
    }

    /// deb-control(5). Python is what most functions are written in; a core without functions needs none.
    private func controlFields(installedSize: Int) -> String {
        """
        Package: \(Self.package)
        Version: \(version)
        Architecture: \(architecture)
        Maintainer: \(Self.maintainer)
        Installed-Size: \(installedSize)
        Depends: adduser, init-system-helpers (>= 1.51)
        Recommends: ca-certificates, python3
        Suggests: default-jre-headless, nodejs
        Section: net
        Priority: optional
        Description: self-hosted core for AWS IoT Greengrass V1 groups
         Perennial's greengrassd runs groups that were written for AWS IoT
         Greengrass V1: it passes messages between devices, functions and a
         cloud along the group's subscriptions, and runs its functions. No cloud
         is needed.
         .
         Perennial is not affiliated with Amazon Web Services.

        """
    }

    static let maintainer = "Perennial maintainers <maintainers@perennial.invalid>"

    private var changelog: String {
        let date = DebianTime.text(build.time)
        return """
            \(Self.package) (\(version)) stable; urgency=medium

              * Version \(build.version).

             -- \(Self.maintainer)  \(date)

            """
    }
}
