import Foundation

/// A container image for one platform: one tar that is an OCI image layout (OCI image specification 1.0, image-layout.md) and
/// what `docker load` reads (its `manifest.json`).
///
/// Layers are stored as they are: what a compressor makes of them depends on its version, and whoever sends an image on
/// compresses it anyway.
public struct ContainerImage {
    /// What the image is for: OCI image index, `platform`.
    public var platform: (architecture: String, variant: String?)
    /// `config` of the image's configuration (config.md), with Docker's `Healthcheck`.
    public var settings: [String: Any]
    /// From the lowest, each with what `docker history` says of it.
    public var layers: [(tree: FileTree, comment: String)]
    /// `NAME:TAG`.
    public var names: [String]
    /// In seconds since 1970.
    public var time: Int

    public init(
        platform: (architecture: String, variant: String?), settings: [String: Any],
        layers: [(tree: FileTree, comment: String)], names: [String], time: Int
    ) {
        self.platform = platform
        self.settings = settings
        self.layers = layers
        self.names = names
        self.time = time
    }

    private var created: String { Date(timeIntervalSince1970: TimeInterval(time)).ISO8601Format() }

    /// Writes it as a file of this machine.
    public func write(to path: String) throws {
        let work = path + ".layers"
        try? FileManager.default.removeItem(atPath: work)
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: work) }
        var layout = try ContainerLayout()
        var digests: [String] = []
        var descriptors: [[String: Any]] = []
        for (index, layer) in layers.enumerated() {
            let file = "\(work)/\(index)"
            let digest = try ArchiveWriter(.tar, time: time).write(layer.tree, to: file)
            let content = try FileContent.file(file)
            try layout.add(content, digest: digest)
            digests.append(digest)
            descriptors.append(
                ContainerLayout.descriptor("application/vnd.oci.image.layer.v1.tar", digest, content.size))
        }
        let configuration = try layout.add(configuration(digests))
        let manifest = try layout.add([
            "schemaVersion": 2, "mediaType": ContainerLayout.manifestType,
            "config": ContainerLayout.descriptor(
                "application/vnd.oci.image.config.v1+json", configuration.digest, configuration.size),
            "layers": descriptors,
        ])
        try layout.addIndex(
            names.map { name in
                var entry = ContainerLayout.descriptor(ContainerLayout.manifestType, manifest.digest, manifest.size)
                entry["platform"] = ContainerLayout.platform(platform)
                entry["annotations"] = ContainerLayout.annotations(name)
                return entry
            })
        try layout.addDockerManifest(configuration: configuration.digest, layers: digests, names: names)
        try ArchiveWriter(.tar, time: time).write(layout.tree, to: path)
    }

    private func configuration(_ digests: [String]) -> [String: Any] {
        var platform = ContainerLayout.platform(platform)
        platform["created"] = created
        platform["config"] = settings
        platform["rootfs"] = ["type": "layers", "diff_ids": digests.map { "sha256:" + $0 }] as [String: Any]
        platform["history"] = layers.map { ["created": created, "created_by": $0.comment] }
        return platform
    }
}
