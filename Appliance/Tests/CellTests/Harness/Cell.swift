import Artifacts
import Foundation
import Image

/// Which artifact is started on which architecture: what `make cell ARCH=… ARTIFACT=…` asks for.
struct Cell {
    let artifact: String
    let architecture: Architecture
    let build: Build

    /// - Throws: when the tests were not started by `make cell`.
    static func current() throws -> Cell {
        let environment = ProcessInfo.processInfo.environment
        guard let artifact = environment["CELL_ARTIFACT"], let name = environment["CELL_ARCH"],
            let architecture = Architecture(rawValue: name)
        else {
            throw BuildError("CELL_ARTIFACT and CELL_ARCH are not set. Run `make cell ARCH=x86_64 ARTIFACT=tarball`.")
        }
        let repository = environment["CELL_REPOSITORY"] ?? Self.repository
        return Cell(
            artifact: artifact, architecture: architecture,
            build: try Build(repository: repository, output: environment["CELL_DIST"]))
    }

    private static let repository = (0..<5).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }.path

    /// An artifact's file.
    ///
    /// - Throws: when it was not built.
    func file(_ name: String) throws -> String {
        let path = "\(build.output)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw BuildError(
                "\(path) is not there. Build it: make images ARTIFACT=\(artifact) ARCH=\(architecture.rawValue).")
        }
        return path
    }

    /// Whether programs of the architecture run here without an emulator.
    var isNative: Bool { architecture == .x86_64 }
}

/// A folder that is removed at the end.
func withScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = "/tmp/perennial-cell-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// Waits until something is so. The time only bounds the wait of a test that fails.
///
/// - Throws: after the time, with what was waited for.
func wait(for what: String, seconds: Double = 120, until isSo: () throws -> Bool) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while try !isSo() {
        guard Date() < end else { throw BuildError("Not within \(Int(seconds)) s: \(what).") }
        usleep(50_000)
    }
}
