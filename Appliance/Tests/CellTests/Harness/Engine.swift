import Foundation
import Image

/// A container engine: the one that runs, or Debian's, started for the tests with folders of its own and stopped after them.
final class Engine: @unchecked Sendable {
    /// Of all tests of this process.
    static let shared = Result { try Engine() }

    /// What is ended with this process, for `atexit`, which takes no closure.
    nonisolated(unsafe) private static var daemon: Process?
    nonisolated(unsafe) private static var work = ""

    private var address: [String] = []

    private init() throws {
        atexit { Engine.end() }
        if try result(of: ["docker", "version"]).code != 0 { try start() }
    }

    private func start() throws {
        Self.work = try TemporaryFolder.make("perennial-engine")
        let (work, log) = (Self.work, Self.work + "/dockerd.log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/dockerd")
        process.arguments = [
            "--host", "unix://\(work)/docker.sock", "--data-root", work + "/data", "--exec-root", work + "/exec",
            "--pidfile", work + "/docker.pid",
        ]
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        do { try process.run() } catch {
            throw BuildError(
                "No container engine runs, and dockerd cannot be started (\(error)). Run `scripts/setup cell`.")
        }
        Self.daemon = process
        address = ["--host", "unix://\(work)/docker.sock"]
        setenv("DOCKER_HOST", "unix://\(work)/docker.sock", 1)
        try wait(for: "dockerd to answer; \(log) says why not") {
            guard process.isRunning else {
                throw BuildError("dockerd ended:\n\(String(decoding: try FileContent.file(log).load(), as: UTF8.self))")
            }
            return try result(of: ["docker", "version"]).code == 0
        }
    }

    private static func end() {
        guard let daemon, daemon.isRunning else { return }
        daemon.terminate()
        daemon.waitUntilExit()
        try? FileManager.default.removeItem(atPath: work)
    }

    /// Runs `docker`.
    ///
    /// - Returns: what it wrote to standard output and standard error.
    @discardableResult
    func run(_ words: String...) throws -> String { try run(words) }

    @discardableResult
    func run(_ words: [String]) throws -> String {
        let (code, output) = try attempt(words)
        guard code == 0 else {
            throw BuildError("`docker \(words.joined(separator: " "))` ended with \(code):\n\(output)")
        }
        return output.trimmingCharacters(in: .newlines)
    }

    /// Runs `docker`, which may fail.
    func attempt(_ words: [String]) throws -> (code: Int32, output: String) {
        try result(of: ["docker"] + address + words)
    }

    /// Starts `docker` beside the test.
    func start(_ words: [String]) throws -> Command { try Command(["docker"] + address + words) }
}
