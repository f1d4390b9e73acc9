import Foundation
import Image

/// `BUILD-TOOLS`: what of the machine decides about the artifacts' bytes besides the sources and the pinned packages. It lies
/// beside the artifacts, not in them: what it names may differ where nothing in them does.
public struct BuildTools {
    public static let fileName = "BUILD-TOOLS"
    /// Debian packages of the programs that are run and of the libraries that the builder is linked with.
    private static let packages = [
        "e2fsprogs", "grub-common", "gzip", "libarchive13", "liblzma5", "libssl3", "libzstd1",
        "openjdk-17-jdk-headless",
        "python3", "squashfs-tools", "xz-utils", "zlib1g",
    ]
    private static let heading = """
        # What the artifacts beside this file were built with, as far as it comes from the machine: another version of one
        # of these can make other bytes of the same sources.

        """

    private let build: Build

    public init(_ build: Build) { self.build = build }

    /// One line for each: its name, and its version as it tells it, "absent" where it is not there.
    public func text() -> String {
        let swift = said(Tool("swiftc", "--version").keeping("PATH", "HOME"))
        // A JDK of another origin is no package.
        let javac = said(Tool("javac", "-version").keeping("PATH"))
        let lines = Self.packages.map { name in
            "\(name) \(said(Tool("dpkg-query", "--show", "--showformat=${Version}", name)))\n"
        }
        return Self.heading + "swiftc \(swift)\njavac \(javac)\n" + lines.joined()
    }

    private func said(_ tool: Tool) -> String {
        let text = (try? tool.text()) ?? ""
        return text.split(separator: "\n").first.map(String.init) ?? "absent"
    }

    /// Writes the file into the build's output.
    ///
    /// - Returns: its name there.
    /// - Throws: when it cannot be written.
    public func write() throws -> String {
        try Data(text().utf8).write(to: URL(fileURLWithPath: "\(build.output)/\(Self.fileName)"), options: .atomic)
        return Self.fileName
    }
}
