import Foundation
import Image

/// `openwrt/OPENWRT_ARCH/`: a feed of opkg's, for OpenWrt up to 24.10: `greengrass_VERSION-r1_OPENWRT_ARCH.ipk`, `Packages`
/// and `Packages.gz`.
public struct OpenWrtOpkgFeed: Artifact {
    public var name: String { "openwrt-ipk" }

    public init() {}

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        try OpenWrtArchitecture.wanted(for: architecture).flatMap { wanted in
            let package = try Self.package(wanted, build)
            let bytes = try package.bytes(time: build.time)
            let index = OpkgIndex.text(of: [(package, bytes)])
            return try OpenWrtFeed(build, wanted).write(
                [
                    (package.fileName, bytes), ("Packages", Array(index.utf8)),
                    ("Packages.gz", try Gzip.compress(Array(index.utf8))),
                ], clearing: ".ipk", index: "Packages")
        }
    }

    static func package(_ wanted: OpenWrtArchitecture, _ build: Build) throws -> OpkgPackage {
        let about = OpenWrtFeed.About(build)
        return OpkgPackage(
            fields: [
                ("Package", OpenWrtTree.packageName), ("Version", about.version), ("Source", about.source),
                ("SourceName", OpenWrtTree.packageName), ("License", about.license), ("Section", "net"),
                ("Require-User", OpenWrtTree.users.joined(separator: " ")), ("SourceDateEpoch", String(build.time)),
                ("Maintainer", about.maintainer), ("Architecture", wanted.name),
            ], description: about.description, tree: try OpenWrtTree(build, wanted.architecture).tree(),
            configurationFiles: OpenWrtTree.configurationFiles,
            scripts: [
                "postinst": try build.sourceText("openwrt/package/postinst"),
                "prerm": try build.sourceText("openwrt/package/prerm"),
            ])
    }
}

/// The same for apk, which OpenWrt has instead of opkg since 25.12: `greengrass-VERSION-r1.apk` and `packages.adb`.
public struct OpenWrtApkFeed: Artifact {
    public var name: String { "openwrt-apk" }

    public init() {}

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        try OpenWrtArchitecture.wanted(for: architecture).flatMap { wanted in
            let package = try Self.package(wanted, build)
            let bytes = try package.file(time: build.time).bytes()
            let index = try AlpineIndex.file(description: "Perennial for \(wanted.name)", of: [bytes]).bytes()
            return try OpenWrtFeed(build, wanted).write(
                [(package.fileName, bytes), ("packages.adb", index)], clearing: ".apk", index: "packages.adb")
        }
    }

    static func package(_ wanted: OpenWrtArchitecture, _ build: Build) throws -> AlpinePackage {
        let about = OpenWrtFeed.About(build)
        var tree = try OpenWrtTree(build, wanted.architecture).tree()
        // apk knows nothing of configuration files and users; OpenWrt's scripts read these (include/package-pack.mk).
        let files = tree.sorted.filter { $0.entry.kind != .directory }.map { "/" + $0.path }
        let lists = "lib/apk/packages/" + OpenWrtTree.packageName
        let sums = try OpenWrtTree.configurationFiles.map { path in
            guard case .file(let content)? = tree[String(path.dropFirst())]?.kind else {
                throw BuildError("\(path) is to be a configuration file of the apk package and is not in it.")
            }
            return "\(path) \(SHA256.hex(try content.load()))"
        }
        func lines(_ texts: [String]) -> String { texts.map { $0 + "\n" }.joined() }
        try tree.addFile(lists + ".list", text: lines(files))
        try tree.addFile(lists + ".conffiles", text: lines(OpenWrtTree.configurationFiles))
        try tree.addFile(lists + ".conffiles_static", text: lines(sums))
        try tree.addFile(lists + ".rusers", text: lines([OpenWrtTree.users.joined(separator: " ")]))
        func script(_ name: String) throws -> String { try build.sourceText("openwrt/package/" + name) }
        return AlpinePackage(
            information: AlpinePackage.Information(
                name: OpenWrtTree.packageName, version: about.version, architecture: wanted.name,
                description: about.description, license: about.license, origin: about.source,
                maintainer: about.maintainer, url: ""),
            tree: tree,
            scripts: [
                .postInstall: try script("post-install"), .preUpgrade: try script("pre-upgrade"),
                .postUpgrade: try script("post-upgrade"), .preDeinstall: try script("pre-deinstall"),
            ])
    }
}

/// The folder of one OpenWrt architecture, as a router's `customfeeds.conf` or `/etc/apk/repositories.d` names it.
struct OpenWrtFeed {
    /// What both kinds of packages say of themselves.
    struct About {
        let version: String
        let source = "feeds/perennial/greengrass"
        let license = "Apache-2.0"
        let maintainer = "The Perennial project"
        let description = """
            AWS IoT Greengrass Core V1, open and self-hosted: devices over mutual TLS, a subscription table, functions. \
            Not affiliated with AWS.
            """

        /// The package's own revision, counted within one version of the project.
        private static let revision = 1

        init(_ build: Build) { version = "\(build.version)-r\(Self.revision)" }
    }

    private let build: Build
    private let folder: String

    init(_ build: Build, _ architecture: OpenWrtArchitecture) {
        self.build = build
        folder = OpenWrtArchitecture.folder + "/" + architecture.name
    }

    /// Writes the folder's files of one kind of feed, and removes what was there of that kind: packages of an earlier
    /// version, and an index's signature.
    ///
    /// - Parameters:
    ///   - suffix: of the kind's packages.
    ///   - index: what the names of its index's files begin with.
    /// - Returns: the files' names below the build's output folder.
    func write(
        _ files: [(name: String, bytes: [UInt8])], clearing suffix: String, index: String
    ) throws -> [String] {
        let (manager, place) = (FileManager.default, build.output + "/" + folder)
        try manager.createDirectory(atPath: place, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: place) where name.hasSuffix(suffix) || name.hasPrefix(index)
        {
            try manager.removeItem(atPath: place + "/" + name)
        }
        return try files.map { name, bytes in
            try Data(bytes).write(to: URL(fileURLWithPath: place + "/" + name), options: .atomic)
            return folder + "/" + name
        }
    }
}
