import Foundation

/// A program of this machine that does a part of the work.
///
/// It runs with an environment of its own, so that neither locale nor time zone nor somebody's settings reach what it
/// writes.
public struct Tool {
    private let words: [String]
    private var environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC",
    ]

    /// - Parameter words: the program, looked up on the PATH, and its arguments.
    public init(_ words: [String]) { self.words = words }

    public init(_ words: String...) { self.words = words }

    /// The same with more in its environment.
    public func with(_ values: [String: String]) -> Tool {
        var tool = self
        tool.environment.merge(values) { $1 }
        return tool
    }

    /// The same with these variables as this process has them: what a script of the project needs of the person's settings.
    public func keeping(_ names: String...) -> Tool {
        let mine = ProcessInfo.processInfo.environment
        return with(mine.filter { names.contains($0.key) })
    }

    /// Runs it to its end.
    ///
    /// - Parameter input: what it reads on its standard input.
    /// - Returns: what it wrote to its standard output.
    /// - Throws: when it cannot be run or fails, with the end of what it wrote to its standard error.
    @discardableResult
    public func run(input: [UInt8] = []) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = environment
        let (output, errors, source) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = source
        // A program that ends before it has read everything says why: the write must fail, not end this process.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
        let collected = Collected()
        let queue = DispatchQueue(label: "tool", attributes: .concurrent)
        let group = DispatchGroup()
        queue.async(group: group) { collected.errors = errors.fileHandleForReading.readDataToEndOfFile() }
        queue.async(group: group) {
            try? source.fileHandleForWriting.write(contentsOf: input)
            try? source.fileHandleForWriting.close()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let said = String(decoding: collected.errors, as: UTF8.self).split(separator: "\n").suffix(12)
            throw BuildError(
                "`\(words.joined(separator: " "))` failed (\(process.terminationStatus)):\n\(said.joined(separator: "\n"))"
            )
        }
        return Array(data)
    }

    /// The same, as text without the line's end.
    public func text() throws -> String {
        String(decoding: try run(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Written by one thread and read after it has ended.
    private final class Collected: @unchecked Sendable {
        var errors = Data()
    }
}
