import Foundation
import Testing

@testable import Artifacts

@Suite("The apt repository")
struct DebianRepositoryTests {
    @Test("It has the packages of one version: an older one goes, and with it its architecture's index")
    func cleared() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        let pool = "pool/main/g/greengrassd/greengrassd"
        func index(_ architecture: String) -> String { "dists/stable/main/binary-\(architecture)/Packages" }
        for name in [
            "\(pool)_1.2.2-1_amd64.deb", "\(pool)_1.2.2-1_armhf.deb", "\(pool)_1.2.3-1_amd64.deb",
            "\(pool)_1.2.3-1_arm64.deb", index("amd64"), index("armhf"), index("arm64"),
        ] {
            try tree.write("dist/apt/" + name, name)
            if name.hasSuffix("Packages") { try tree.write("dist/apt/\(name).gz", name) }
        }
        let (repository, build) = (DebianRepository(), try tree.build)
        try repository.clear(for: DebianPackageFile(build, .x86_64), in: build)
        // As `make` does then, with the package.
        try tree.write("dist/apt/" + index("amd64"), "new")
        try tree.write("dist/apt/\(index("amd64")).gz", "new")
        let files = try FileManager.default.subpathsOfDirectory(atPath: tree.folder + "/dist/apt/pool")
        #expect(
            files.filter { $0.hasSuffix(".deb") }.map { String($0.split(separator: "/").last ?? "") }.sorted()
                == ["greengrassd_1.2.3-1_arm64.deb"])
        let release = try repository.release(in: build)
        #expect(release.contains("Architectures: amd64 arm64\n") && !release.contains("armhf"), "\(release)")
    }
}
