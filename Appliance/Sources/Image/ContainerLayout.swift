import Foundation

/// An OCI image layout in the making.
struct ContainerLayout {
    static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    static let indexType = "application/vnd.oci.image.index.v1+json"

    private(set) var tree = FileTree()

    init() throws(BuildError) {
        try tree.addFile("oci-layout", text: #"{"imageLayoutVersion":"1.0.0"}"#)
    }

    /// A blob whose digest is known; one that is there already is the same.
    mutating func add(_ content: FileContent, digest: String) throws(BuildError) {
        let path = "blobs/sha256/" + digest
        if tree[path] == nil { try tree.addFile(path, content) }
    }

    /// JSON as a blob.
    mutating func add(_ value: [String: Any]) throws -> (digest: String, size: Int) {
        let bytes = try Self.json(value)
        let digest = SHA256.hex(bytes)
        try add(.bytes(bytes), digest: digest)
        return (digest, bytes.count)
    }

    mutating func addIndex(_ manifests: [[String: Any]]) throws {
        try tree.addFile(
            "index.json",
            .bytes(Self.json(["schemaVersion": 2, "mediaType": Self.indexType, "manifests": manifests])))
    }

    /// What `docker load` looks for.
    mutating func addDockerManifest(configuration: String, layers: [String], names: [String]) throws {
        let entry: [String: Any] = [
            "Config": "blobs/sha256/" + configuration, "Layers": layers.map { "blobs/sha256/" + $0 }, "RepoTags": names,
        ]
        try tree.addFile("manifest.json", .bytes(Self.json([entry])))
    }

    static func descriptor(_ type: String, _ digest: String, _ size: Int) -> [String: Any] {
        ["mediaType": type, "digest": "sha256:" + digest, "size": size]
    }

    static func platform(_ platform: (architecture: String, variant: String?)) -> [String: Any] {
        var value: [String: Any] = ["os": "linux", "architecture": platform.architecture]
        if let variant = platform.variant { value["variant"] = variant }
        return value
    }

    /// What tools that read layouts take as the image's name: OCI's, and containerd's.
    static func annotations(_ name: String) -> [String: String] {
        let tag = name.split(separator: ":").last.map(String.init) ?? name
        return [
            "org.opencontainers.image.ref.name": tag, "io.containerd.image.name": "docker.io/library/" + name,
        ]
    }

    /// Compact, with sorted keys.
    static func json(_ value: Any) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes]))
    }
}

/// Images of several platforms under one name: an image index (OCI image specification, image-index.md).
public enum ContainerIndex {
    /// Puts the layouts that `ContainerImage` wrote together in one.
    ///
    /// - Parameters:
    ///   - images: files, in the order in which they are to stand in the index.
    ///   - work: a folder for what is unpacked, which is made and removed.
    public static func write(_ images: [String], names: [String], to path: String, work: String, time: Int) throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: work)
        defer { try? manager.removeItem(atPath: work) }
        var layout = try ContainerLayout()
        var manifests: [[String: Any]] = []
        for (index, image) in images.enumerated() {
            let folder = "\(work)/\(index)"
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Tool("tar", "-xf", image, "-C", folder).run()
            for digest in try manager.contentsOfDirectory(atPath: folder + "/blobs/sha256") {
                try layout.add(.file("\(folder)/blobs/sha256/\(digest)"), digest: digest)
            }
            manifests.append(try manifest(in: folder, of: image))
        }
        let inner = try layout.add([
            "schemaVersion": 2, "mediaType": ContainerLayout.indexType, "manifests": manifests,
        ])
        try layout.addIndex(
            names.map { name in
                var entry = ContainerLayout.descriptor(ContainerLayout.indexType, inner.digest, inner.size)
                entry["annotations"] = ContainerLayout.annotations(name)
                return entry
            })
        try ArchiveWriter(.tar, time: time).write(layout.tree, to: path)
    }

    /// The image's descriptor, without its name.
    private static func manifest(in folder: String, of image: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/index.json"))
        guard let index = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            let entries = index["manifests"] as? [[String: Any]], var entry = entries.first
        else { throw BuildError("\(image) is no image layout: there is no manifest in its index.json.") }
        entry["annotations"] = nil
        return entry
    }
}
