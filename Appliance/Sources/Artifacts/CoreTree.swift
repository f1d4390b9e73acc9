import Foundation
import Image

/// V1's tree for one architecture, to lie at `/greengrass` (gg-core.md; rows INST-02 and PLAT-02): `ggc/core` links to the
/// package of this version, the function runtimes are beside the program, `certs` and `config` wait for what is the user's.
public struct CoreTree {
    public let build: Build
    public let architecture: Architecture
    /// Which function runtimes come along, by the names of their folders: `python`, `nodejs`, `java8`, `executable`. Nil
    /// for all.
    public var runtimes: Set<String>?

    public init(_ build: Build, _ architecture: Architecture, runtimes: Set<String>? = nil) {
        self.build = build
        self.architecture = architecture
        self.runtimes = runtimes
    }

    private var package: String { "ggc/packages/\(build.version)" }

    /// The tree, without `greengrass/` in front.
    public func tree() throws -> FileTree {
        var tree = FileTree()
        try tree.addDirectory("certs")
        try tree.addDirectory("config")
        try tree.addFile(package + "/greengrassd", build.binary(architecture), mode: 0o755)
        // `ps` shows V1's daemon under this path (row INST-08).
        try tree.addLink(package + "/bin/daemon", to: "../greengrassd")
        try tree.addLink("ggc/core", to: "packages/\(build.version)")
        try tree.addFile(package + "/LICENSE/LICENSE", build.source("LICENSE"))
        try tree.addFile(
            package + "/LICENSE/THIRD-PARTY-NOTICES", text: build.script("scripts/dist/notices", architecture.rawValue))
        try tree.addFile(
            package + "/LICENSE/sbom.spdx.json", .bytes(SBOM(of: "greengrassd", build.coreComponents(), build).json()))
        try addInstallation(to: &tree)
        try addRuntimes(to: &tree)
        return tree
    }

    /// What makes the core a service of the machine: docs/install.md.
    private func addInstallation(to tree: inout FileTree) throws {
        for (name, mode) in Self.installation {
            try tree.addFile("\(package)/install/\(name)", build.source("Appliance/files/linux/\(name)"), mode: mode)
        }
        try tree.addFile(package + "/install/README.md", build.source("docs/install.md"))
    }

    private static let installation: [(name: String, mode: UInt32)] = [
        ("greengrassd.default", 0o644), ("greengrassd.init", 0o755), ("greengrassd.service", 0o644), ("reload", 0o755),
        ("install.sh", 0o755), ("migrate.sh", 0o644),
    ]

    private func isWanted(_ runtime: String) -> Bool { runtimes?.contains(runtime) ?? true }

    private func addRuntimes(to tree: inout FileTree) throws {
        var names = try build.sources(below: "Sources/Runtimes").filter { !$0.hasPrefix("java8/") }
        if isWanted("java8") {
            try build.script("scripts/java-runtime")
            // It is generated, and git knows nothing of it.
            names += try build.files(below: "Sources/Runtimes/java8").map { "java8/" + $0 }
        }
        for name in names {
            // What the Java runtime is compiled from is not shipped with it.
            let folder = String(name.split(separator: "/")[0])
            guard folder != "java", isWanted(folder) else { continue }
            let path = "\(build.repository)/Sources/Runtimes/\(name)"
            let isProgram = FileManager.default.isExecutableFile(atPath: path)
            try tree.addFile("\(package)/runtime/\(name)", .file(path), mode: isProgram ? 0o755 : 0o644)
        }
        guard isWanted("executable") else { return }
        let folder = build.repository + "/.build/native/" + architecture.rawValue
        try build.script("scripts/native/library", architecture.rawValue, folder)
        let library = "libaws-greengrass-core-sdk-c.so"
        try tree.addFile("\(package)/runtime/executable/\(library)", .file(folder + "/" + library))
        // What a native function is compiled with stands beside what it is linked with.
        let header = "greengrasssdk.h"
        try tree.addFile(
            "\(package)/runtime/executable/\(header)", build.source("Sources/CGreengrassSDK/include/" + header))
    }
}
