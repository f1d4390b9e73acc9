import Foundation

/// The `openssl` command, the judge of what we make.
enum OpenSSLTool {
    struct Outcome {
        let output: String
        let status: Int32
    }

    /// Runs it with output and error output together.
    static func run(_ arguments: String..., input: String = "") throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        try process.run()
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(output: String(decoding: output, as: UTF8.self), status: process.terminationStatus)
    }
}
