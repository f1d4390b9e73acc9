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
        return Cell(artifact: artifact, architecture: architecture, build: try own())
    }

    /// The build of this tree.
    static func own() throws -> Build {
        let environment = ProcessInfo.processInfo.environment
        return try Build(
            repository: environment["CELL_REPOSITORY"] ?? repository, output: environment["CELL_DIST"])
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
    var isNative: Bool { architecture == Self.here }

    /// Of this machine; nil where nothing is made for it.
    private static let here: Architecture? = {
        var about = utsname()
        guard uname(&about) == 0 else { return nil }
        let name = withUnsafeBytes(of: about.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Architecture(rawValue: name)
    }()
}

/// A folder of its own that is removed at the end.
func withScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder.make("perennial-cell")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

/// Seconds until a wait is given up, unless it says otherwise: a Java program on an emulated processor of a busy machine takes
/// minutes until it answers.
let patience: Double = (try? Cell.current().isNative) == false ? 600 : 120

/// Waits until something is so. The time only bounds the wait of a test that fails.
///
/// - Parameter what: what is waited for, as it is told after the time.
/// - Throws: after the time, with what was waited for.
func wait(for what: @autoclosure () -> String, seconds: Double = patience, until isSo: () throws -> Bool) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while try !isSo() {
        guard Date() < end else { throw BuildError("Not within \(Int(seconds)) s: \(what()).") }
        usleep(50_000)
    }
}
