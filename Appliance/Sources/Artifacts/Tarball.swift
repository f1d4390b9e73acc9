import Image

/// `greengrass-linux-ARCH-VERSION.tar.gz`: V1's archive, to be unpacked with `tar -xzf FILE -C /`.
public struct Tarball: Artifact {
    public var name: String { "tarball" }

    public init() {}

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = "greengrass-linux-\(architecture.archiveName)-\(build.version).tar.gz"
        try write(CoreTree(build, architecture), .gzip, as: name)
        return [name]
    }

    /// Below `greengrass/`, as V1's archive has it.
    func write(_ core: CoreTree, _ compression: ArchiveWriter.Compression, as name: String) throws {
        var tree = FileTree()
        try tree.add(core.tree(), at: "greengrass")
        try ArchiveWriter(.tar, compression, time: core.build.time).write(tree, to: core.build.output + "/" + name)
    }
}

/// `greengrass-core-ARCH-VERSION.tar.xz`: the same without function runtimes, for a core that passes messages alone. It is to
/// be small, so it is compressed by xz, which tar(1) of every distribution and BusyBox's read.
public struct CoreTarball: Artifact {
    public var name: String { "core" }

    public init() {}

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = "greengrass-core-\(architecture.archiveName)-\(build.version).tar.xz"
        try Tarball().write(CoreTree(build, architecture, runtimes: []), .xz, as: name)
        return [name]
    }
}
