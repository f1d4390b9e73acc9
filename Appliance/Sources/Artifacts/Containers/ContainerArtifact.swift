import Foundation
import Image

/// `greengrass-image-FLAVOUR-ARCH-VERSION.tar`, for `docker load` and for all that reads OCI layouts.
public struct ContainerArtifact: Artifact {
    public let flavour: ContainerFlavour

    public init(_ flavour: ContainerFlavour) { self.flavour = flavour }

    public var name: String { "image-" + flavour.rawValue }

    public func companions(for architecture: Architecture) -> [Job] {
        guard flavour != .clients else { return [Job(ContainerArtifact(.minimal), architecture)] }
        return [Job(ContainerArtifact(.clients), architecture), Job(Tarball(), architecture)]
    }
    public var architectures: [Architecture] { flavour.architectures }
    public var suite: String { flavour == .clients ? "ImageClientsCell" : "ImageCell" }

    public static func file(_ flavour: ContainerFlavour, _ architecture: Architecture, _ build: Build) -> String {
        "greengrass-image-\(flavour.rawValue)-\(architecture.rawValue)-\(build.version).tar"
    }

    /// Names of the image, the one that stays first.
    public static func names(_ flavour: ContainerFlavour, _ build: Build) -> [String] {
        ["greengrass:\(build.version)-\(flavour.rawValue)", "greengrass:\(flavour.rawValue)"]
    }

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let file = Self.file(flavour, architecture, build)
        let image = ContainerImage(
            platform: architecture.platform, settings: settings(build), layers: try layers(architecture, build),
            names: Self.names(flavour, build), time: build.time)
        try image.write(to: build.output + "/" + file)
        return [file]
    }

    private func components(_ architecture: Architecture, _ build: Build) throws -> [Component] {
        let core = flavour == .clients ? [] : try build.coreComponents()
        return core + (try build.components(of: flavour.packages ?? "certificates", for: architecture))
    }

    private func layers(_ architecture: Architecture, _ build: Build) throws -> [(tree: FileTree, comment: String)] {
        let base = try ContainerBase(build, flavour, architecture).tree()
        var layers = [
            (tree: base, comment: flavour.packages.map { "Debian packages: \($0)" } ?? "certificates and users")
        ]
        if flavour != .clients {
            layers.append((try core(architecture, build), "Perennial \(build.version)"))
        }
        try layers[layers.count - 1].tree.addFile(
            "usr/share/doc/perennial/sbom.spdx.json",
            .bytes(SBOM(of: Self.file(flavour, architecture, build), components(architecture, build), build).json()))
        return layers
    }

    /// The bytes of all files in an image of it.
    func unpackedSize(_ architecture: Architecture, _ build: Build) throws -> Int {
        try layers(architecture, build).reduce(0) { $0 + $1.tree.size }
    }

    /// The program lies beside the root, which is a volume: an image of a newer version brings a newer program to the state
    /// that a volume keeps.
    private func core(_ architecture: Architecture, _ build: Build) throws -> FileTree {
        let package = "usr/lib/greengrass/packages/\(build.version)"
        var tree = FileTree()
        let core = try CoreTree(build, architecture, runtimes: flavour.runtimes).tree()
        let inside = "ggc/packages/\(build.version)"
        for (path, entry) in core.sorted {
            // A container is no machine's service.
            if path == inside + "/install" || path.hasPrefix(inside + "/install/") { continue }
            if path == inside || path.hasPrefix(inside + "/") {
                try tree.add(package + path.dropFirst(inside.count), entry)
            }
        }
        try tree.addLink("usr/lib/greengrass/core", to: "packages/\(build.version)")
        try tree.addLink("greengrass-entrypoint.sh", to: "usr/lib/greengrass/core/greengrassd")
        for folder in ["certs", "config", "ggc/packages"] { try tree.addDirectory("greengrass/" + folder) }
        try tree.addLink("greengrass/ggc/packages/\(build.version)", to: "/" + package)
        try tree.addLink("greengrass/ggc/core", to: "/usr/lib/greengrass/core")
        return tree
    }

    /// The image's settings: OCI image specification, config.md, and Docker's health check, in nanoseconds.
    private func settings(_ build: Build) -> [String: Any] {
        var settings: [String: Any] = [
            "Env": [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
            ],
            "WorkingDir": "/",
            "Labels": [
                "org.opencontainers.image.title": "Perennial",
                "org.opencontainers.image.version": build.version,
                "org.opencontainers.image.licenses": "Apache-2.0",
                "org.opencontainers.image.description": flavour == .clients
                    ? "MQTT clients to try Perennial with."
                    : "AWS IoT Greengrass Core V1, open and self-hosted. Not affiliated with, endorsed or sponsored by Amazon Web Services."
                    ,
            ],
        ]
        if flavour == .clients {
            settings["Cmd"] = ["sh"]
            return settings
        }
        let second = 1_000_000_000
        settings["Entrypoint"] = ["/greengrass-entrypoint.sh"]
        settings["ExposedPorts"] = ["8883/tcp": [String: Any]()]
        settings["Volumes"] = ["/greengrass": [String: Any]()]
        settings["StopSignal"] = "SIGTERM"
        settings["Healthcheck"] = [
            "Test": ["CMD", "/greengrass-entrypoint.sh", "status"], "Interval": 10 * second, "Timeout": 10 * second,
            // Engines from 25 on ask each second while the core starts; older ones ignore that.
            "StartPeriod": 60 * second, "StartInterval": second, "Retries": 3,
        ]
        return settings
    }
}

/// `greengrass-image-FLAVOUR-VERSION.oci.tar`: the images of all architectures under one name, for registries; one for each
/// flavour.
public struct ContainerIndexArtifact: Artifact {
    public init() {}

    public var name: String { "image-index" }

    public func parts(for architecture: Architecture) -> [Job] {
        ContainerFlavour.allCases.flatMap { flavour in
            flavour.architectures.map { Job(ContainerArtifact(flavour), $0) }
        }
    }
    public var suite: String { "ImageIndexCell" }
    /// It is made once and is for all of them.
    public var architectures: [Architecture] { [.x86_64] }

    public static func file(_ flavour: ContainerFlavour, _ build: Build) -> String {
        "greengrass-image-\(flavour.rawValue)-\(build.version).oci.tar"
    }

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        try ContainerFlavour.allCases.map { flavour in
            let file = Self.file(flavour, build)
            try ContainerIndex.write(
                try flavour.architectures.map { try image(flavour, $0, build) },
                names: ContainerArtifact.names(flavour, build), to: "\(build.output)/\(file)",
                work: "\(build.output)/.\(file)", time: build.time)
            return file
        }
    }

    private func image(_ flavour: ContainerFlavour, _ architecture: Architecture, _ build: Build) throws -> String {
        let path = "\(build.output)/\(ContainerArtifact.file(flavour, architecture, build))"
        guard FileManager.default.fileExists(atPath: path) else {
            throw BuildError(
                "\(name) is made of the images of all architectures, and there is no \(path). Build it first: "
                    + "make images ARTIFACT=image-\(flavour.rawValue) ARCH=\(architecture.rawValue).")
        }
        return path
    }
}
