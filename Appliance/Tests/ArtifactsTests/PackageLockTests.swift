import Image
import Testing

@testable import Artifacts

@Suite("Debian packages")
struct PackageLockTests {
    private static let digest = String(repeating: "0a", count: 32)

    @Test("The lock file is read as it is written, sorted, and a damaged line is told with its number")
    func lock() throws {
        let text =
            "# what it is\nbase armhf zlib1g 1.2 \(Self.digest) zlib 1.2\nbase armhf libc6 2.36 \(Self.digest) glibc 2.36\n"
        let lock = try PackageLock(text)
        #expect(lock["base", "armhf"]?.map(\.name) == ["zlib1g", "libc6"])
        #expect(lock["base", "armel"] == nil)
        let lines = lock.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.map { $0.split(separator: " ")[2] } == ["libc6", "zlib1g"])
        #expect(try PackageLock(lock.text)["base", "armhf"]?.map(\.source) == ["glibc", "zlib"])
        #expect(throws: BuildError.self) { try PackageLock("base armhf zlib1g 1.2\n") }
        do { _ = try PackageLock("\n\nbase armhf zlib1g 1.2\n") } catch {
            #expect(error.description.contains("line 3") && error.description.contains("make lock"))
        }
    }

    @Test("A signed kernel's code is in the source package of the kernel")
    func correspondingSource() {
        let kernel = DebianPackage(
            name: "linux-image", architecture: "amd64", version: "6.1.192-3", sha256: Self.digest,
            source: "linux-signed-amd64", sourceVersion: "6.1.192+3")
        #expect(kernel.correspondingSource == ("linux", "6.1.192-3"))
        let library = DebianPackage(
            name: "libz", architecture: "amd64", version: "1.2+b1", sha256: Self.digest, source: "zlib",
            sourceVersion: "1.2")
        #expect(library.correspondingSource == ("zlib", "1.2"))
    }

    @Test("A set names packages, some for some architectures, and what it is for")
    func set() throws {
        let set = try PackageSet(
            name: "node", text: "# with dependencies\n# for amd64 arm64\n\nnodejs\nextra [arm64 armhf]\n")
        #expect(set.withDependencies && set.architectures == ["amd64", "arm64"])
        #expect(set.packages(for: "amd64") == ["nodejs"])
        #expect(set.packages(for: "arm64") == ["nodejs", "extra"])
        #expect(try PackageSet(name: "x", text: "a\n").architectures == ["armel", "armhf", "arm64", "amd64"])
        #expect(throws: BuildError.self) { try PackageSet(name: "x", text: "two names\n") }
    }
}
