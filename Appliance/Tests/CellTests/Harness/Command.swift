import Foundation
import Image

/// A program that runs beside the test, with all that it says.
final class Command: @unchecked Sendable {
    private let process = Process()
    private let lock = NSLock()
    private var said = ""
    private let name: String
    private let input = Pipe()

    /// Starts it.
    ///
    /// - Parameters:
    ///   - words: the program, looked up on the PATH, and its arguments.
    ///   - environment: what is added to this process's.
    init(_ words: [String], environment: [String: String] = [:]) throws {
        name = words.joined(separator: " ")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = input
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.lock.withLock { self?.said += String(decoding: data, as: UTF8.self) }
        }
        try startWithoutBlockedSignals(process)
    }

    /// Standard output and standard error so far.
    var output: String { lock.withLock { said } }

    var isRunning: Bool { process.isRunning }

    var processID: Int32 { process.processIdentifier }

    /// Waits until it has said something.
    ///
    /// - Throws: when it ends before, or not within the time.
    func wait(for text: String, seconds: Double = patience) throws {
        try CellTests.wait(for: "`\(name)` to say \"\(text)\"; it said:\n\(output)", seconds: seconds) {
            if output.contains(text) { return true }
            guard process.isRunning || output.contains(text) else {
                throw BuildError("`\(name)` ended before it said \"\(text)\". It said:\n\(output)")
            }
            return false
        }
    }

    /// Writes to its standard input.
    func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

    func closeInput() { try? input.fileHandleForWriting.close() }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end.
    ///
    /// - Returns: its exit code, or 128 and the signal that ended it.
    @discardableResult
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Ends it with SIGTERM, and waits.
    func stop() {
        if process.isRunning { process.terminate() }
        end()
    }
}

/// A test may run on a thread that blocks signals, which a program inherits: SIGTERM would not end it.
private func startWithoutBlockedSignals(_ process: Process) throws {
    var none = sigset_t()
    var former = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    try process.run()
}

/// Runs a program to its end.
///
/// - Returns: what it wrote to standard output and standard error.
/// - Throws: when it fails, with what it said.
@discardableResult
func run(_ words: String..., environment: [String: String] = [:]) throws -> String {
    let (code, output) = try result(of: words, environment: environment)
    guard code == 0 else { throw BuildError("`\(words.joined(separator: " "))` ended with \(code):\n\(output)") }
    return output
}

/// Runs a program to its end, which may be a failure.
func result(of words: [String], environment: [String: String] = [:]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try startWithoutBlockedSignals(process)
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return (code, String(decoding: data, as: UTF8.self))
}
