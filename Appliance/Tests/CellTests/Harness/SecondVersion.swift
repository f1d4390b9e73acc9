import Artifacts
import Foundation
import Image

/// A source tree like this one with another version number: what an upgrade is tried with. The program stays the same.
struct SecondVersion {
    static let number = "99.0.0"
    let build: Build

    /// - Parameter folder: of the test; the tree consists of links into the real one.
    init(of build: Build, in folder: String) throws {
        let repository = folder + "/second"
        let manager = FileManager.default
        try manager.createDirectory(atPath: repository + "/Sources/Core", withIntermediateDirectories: true)
        func link(_ place: String, leavingOut names: Set<String>) throws {
            let original = build.repository + place
            for name in try manager.contentsOfDirectory(atPath: original) where !names.contains(name) {
                try manager.createSymbolicLink(
                    atPath: "\(repository)\(place)/\(name)", withDestinationPath: "\(original)/\(name)")
            }
        }
        // What is listed is a folder and not a link to one.
        try link("", leavingOut: ["Sources", "openwrt", ".git"])
        try link("/Sources", leavingOut: ["Core", "Runtimes"])
        try link("/Sources/Core", leavingOut: ["Version.swift"])
        try run("cp", "-R", build.repository + "/openwrt", repository + "/openwrt")
        try run("cp", "-R", build.repository + "/Sources/Runtimes", repository + "/Sources/Runtimes")
        let path = "/Sources/Core/Version.swift"
        try String(contentsOfFile: build.repository + path, encoding: .utf8)
            .replacingOccurrences(of: "\"\(build.version)\"", with: "\"\(Self.number)\"")
            .write(toFile: repository + path, atomically: true, encoding: .utf8)
        let output = folder + "/second-dist"
        try manager.createDirectory(atPath: output, withIntermediateDirectories: true)
        for architecture in Architecture.allCases {
            let name = architecture.rawValue
            try? manager.createSymbolicLink(
                atPath: "\(output)/\(name)", withDestinationPath: "\(build.output)/\(name)")
        }
        self.build = try Build(repository: repository, output: output, time: build.time)
        guard self.build.version == Self.number else {
            throw BuildError("\(path) of the second version states \(self.build.version), not \(Self.number).")
        }
    }
}

extension Cell {
    /// A root file system of OpenWrt's shape without the greengrass package.
    func emptyRouter(in folder: String) throws -> String {
        let path = folder + "/empty.squashfs"
        let tree = try OpenWrtRootFileSystem.tree(architecture, build, installed: false)
        try Squashfs(time: build.time).write(tree, to: path)
        return path
    }

    /// OpenWrt's name of the architecture whose packages are tried.
    func routerName() throws -> String {
        guard let first = try OpenWrtArchitecture.wanted(for: architecture, "all").first else {
            throw BuildError("OpenWrt has no architecture for \(architecture.rawValue).")
        }
        return first.name
    }
}
