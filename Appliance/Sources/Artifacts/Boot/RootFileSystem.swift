import Image

/// The system of a device that has nothing but a core: BusyBox, our scripts of `rootfs/boot/root` and the core's tree. It
/// is never written to; docs/boot-image.md says what lies on /data.
struct RootFileSystem {
    let build: Build
    let architecture: Architecture

    /// Folders that something is mounted on, and those that have to be there.
    private static let folders = [
        "boot", "data", "dev", "mnt", "proc", "run", "sys", "usr/bin", "usr/lib", "usr/sbin", "var",
    ]
    private static let links = [
        ("etc/mtab", "/proc/mounts"), ("etc/resolv.conf", "/run/resolv.conf"), ("usr/bin/env", "../../bin/env"),
        ("var/lock", "/run"), ("var/log", "/run"), ("var/run", "/run"), ("var/tmp", "/tmp"),
    ]

    func tree() throws -> FileTree {
        var tree = FileTree()
        for folder in Self.folders { try tree.addDirectory(folder) }
        try tree.addDirectory("tmp", mode: 0o1777)
        try tree.addDirectory("root", mode: 0o700)
        for (path, target) in Self.links { try tree.addLink(path, to: target) }
        try addBusyBox(to: &tree)
        try addScripts(to: &tree)
        try Users.add(to: &tree)
        try tree.addFile("etc/ssl/certs/ca-certificates.crt", text: certificates())
        try tree.addFile("etc/os-release", text: release)
        try tree.add(Licences(build: build, architecture: architecture).ofSystem())
        try tree.addFile("usr/share/doc/perennial/sbom.spdx.json", .bytes(bill()))
        // No function runtimes: there are no interpreters. Native functions bring all they need.
        try tree.add(CoreTree(build, architecture, runtimes: []).tree(), at: "greengrass")
        return tree
    }

    /// The core's own parts and Debian's.
    static func components(_ build: Build, _ architecture: Architecture) throws -> [Component] {
        try build.coreComponents() + build.components(of: "busybox", for: architecture)
            + build.components(of: "certificates", for: architecture)
    }

    private func bill() throws -> [UInt8] {
        let name = "greengrass-rootfs-\(architecture.archiveName)-\(build.version)"
        return try SBOM(of: name, Self.components(build, architecture), build).json()
    }

    private var release: String {
        """
        NAME="Perennial"
        ID=perennial
        VERSION_ID=\(build.version)
        PRETTY_NAME="Perennial \(build.version) (\(architecture.rawValue))"

        """
    }

    /// The program and its names, by `rootfs/boot/applets`.
    private func addBusyBox(to tree: inout FileTree) throws {
        try tree.addFile("bin/busybox", Self.busyBox(build, architecture), mode: 0o755)
        for line in try build.sourceText("rootfs/boot/applets").split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            for name in words.dropFirst() {
                try tree.addLink("\(words[0])/\(name)", to: "/bin/busybox")
            }
        }
    }

    static func busyBox(_ build: Build, _ architecture: Architecture) throws -> FileContent {
        let package = try build.packages.tree(of: "busybox", for: architecture.debian)
        guard case .file(let content) = package["usr/bin/busybox"]?.kind else {
            throw BuildError("The package busybox-static has no /bin/busybox.")
        }
        return content
    }

    /// `rootfs/boot/root`: what begins with `#!` is a program.
    private func addScripts(to tree: inout FileTree) throws {
        let folder = "rootfs/boot/root"
        for name in try build.sources(below: folder) {
            let content = try build.source(folder + "/" + name)
            let isProgram = try content.load().starts(with: "#!".utf8)
            try tree.addFile(name, content, mode: isProgram ? 0o755 : 0o644)
        }
    }

    /// Mozilla's authorities as one file, as update-ca-certificates makes it.
    private func certificates() throws -> String {
        let package = try build.packages.tree(of: "certificates", for: architecture.debian)
        var text = ""
        for (path, entry) in package.sorted where path.hasSuffix(".crt") {
            if case .file(let content) = entry.kind { text += String(decoding: try content.load(), as: UTF8.self) }
        }
        guard !text.isEmpty else { throw BuildError("The package ca-certificates has no certificates.") }
        return text
    }
}

/// `greengrass-rootfs-ARCH-VERSION.squashfs`: for the slots of a bootable image, and for who has a kernel and a boot loader.
public struct RootSquashfs: Artifact {
    public var name: String { "rootfs-squashfs" }

    // It is started with that one's kernel.
    public func companions(for architecture: Architecture) -> [Job] { [Job(BootImage(), architecture)] }

    public init() {}

    static func fileName(_ architecture: Architecture, _ build: Build) -> String {
        "greengrass-rootfs-\(architecture.archiveName)-\(build.version).squashfs"
    }

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = Self.fileName(architecture, build)
        let tree = try RootFileSystem(build: build, architecture: architecture).tree()
        try Squashfs(time: build.time).write(tree, to: build.output + "/" + name)
        return [name]
    }
}

/// `greengrass-rootfs-ARCH-VERSION.ext4`: the same as ext4, without a journal, because nothing writes to it.
public struct RootExt4: Artifact {
    public var name: String { "rootfs-ext4" }

    // It is started with that one's kernel.
    public func companions(for architecture: Architecture) -> [Job] { [Job(BootImage(), architecture)] }

    public init() {}

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = "greengrass-rootfs-\(architecture.archiveName)-\(build.version).ext4"
        let tree = try RootFileSystem(build: build, architecture: architecture).tree()
        let megabyte = 1 << 20
        // Each file ends in a block that it does not fill; a tenth is for what the file system needs itself.
        let needed = (tree.size + tree.sorted.count * 1024) * 11 / 10 + megabyte
        let size = (needed + megabyte - 1) / megabyte * megabyte
        try Ext4(
            size: size, label: "GGROOT", identifier: "5cd9a2a4-1f6e-4f0b-9d2c-6a7e5b3c0001", time: build.time,
            files: tree.sorted.count + 64
        ).write(tree, to: build.output + "/" + name)
        return [name]
    }
}
