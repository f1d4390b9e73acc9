import Foundation
import Image

/// Something that is built for an architecture and given to people.
public protocol Artifact: Sendable {
    /// What `make cell ARTIFACT=` and `greengrass-image build` call it.
    var name: String { get }
    /// Those it is made for; docs/appliance.md says why one is missing.
    var architectures: [Architecture] { get }
    /// The test suite that starts it, of the target CellTests.
    var suite: String { get }
    /// Whose static programs it is made from.
    func programs(for architecture: Architecture) -> [Architecture]
    /// What has to be made before it.
    func parts(for architecture: Architecture) -> [Job]
    /// What the test suite that starts it uses besides.
    func companions(for architecture: Architecture) -> [Job]
    /// Makes it.
    ///
    /// - Returns: the names of the files that it wrote into the build's output folder.
    func make(for architecture: Architecture, in build: Build) throws -> [String]
}

extension Artifact {
    public var architectures: [Architecture] { Architecture.allCases }

    public func programs(for architecture: Architecture) -> [Architecture] { [architecture] }

    public func parts(for architecture: Architecture) -> [Job] { [] }

    public func companions(for architecture: Architecture) -> [Job] { [] }

    /// `boot-image` is started by `BootImageCell`.
    public var suite: String { name.split(separator: "-").map(\.capitalized).joined() + "Cell" }
}

/// All of them, in the order in which they are built.
public let allArtifacts: [any Artifact] =
    [
        Tarball(), CoreTarball(), DebianRepository(), OpenWrtTarball(), OpenWrtOpkgFeed(), OpenWrtApkFeed(),
        OpenWrtRootFileSystem(),
    ] + ContainerFlavour.allCases.map { ContainerArtifact($0) }
    + [ContainerIndexArtifact(), RootSquashfs(), RootExt4(), BootImage()]
