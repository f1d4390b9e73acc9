import Image

/// `greengrass-linux-ARCH-VERSION.tar.gz`: V1's archive, to be unpacked with `tar -xzf FILE -C /`.
public struct Tarball: Artifact {
    public var name: String { "tarball" }

    public init() {}

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let name = "greengrass-linux-\(architecture.archiveName)-\(build.version).tar.gz"
        var tree = FileTree()
        try tree.add(CoreTree(build, architecture).tree(), at: "greengrass")
        try ArchiveWriter(.tar, .gzip, time: build.time).write(tree, to: build.output + "/" + name)
        return [name]
    }
}
