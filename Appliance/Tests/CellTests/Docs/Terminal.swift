import Foundation
import Image

/// A shell in a room that takes one command after the other, as a reader's does: folder and variables stay.
final class Terminal {
    private let shell: Command
    private let mark = "end-\(UUID().uuidString.prefix(8))"
    private var count = 0

    /// - Parameters:
    ///   - words: what starts a shell that reads commands from its standard input.
    ///   - ready: what it says before it does so, if anything.
    init(_ words: [String], ready: String? = nil) throws {
        shell = try Command(words)
        if let ready { try shell.wait(for: ready, seconds: 600) }
        try run("cd", stopsAtFailure: true)
    }

    /// Runs commands to their end.
    ///
    /// - Parameter stopsAtFailure: the first that fails ends it (`set -e`), and each is shown with its arguments.
    /// - Throws: when the shell ends or the time is up, with what was said.
    @discardableResult
    func run(_ text: String, stopsAtFailure: Bool = false, seconds: Double = 600) throws -> (
        code: Int32, output: String
    ) {
        count += 1
        let end = "\(mark)-\(count)-"
        // What they read from standard input would be the next commands.
        let body = stopsAtFailure ? "set -e\n\(text)\nset +e" : text
        let before = shell.output.utf8.count
        try shell.write("eval \(Self.quoted(body)) </dev/null\nprintf '\\n%s%s.\\n' '\(mark)-\(count)''-' \"$?\"\n")
        var said = ""
        defer {
            if Self.isTalkative { print("    \(said.replacingOccurrences(of: "\n", with: "\n    "))"); fflush(nil) }
        }
        try wait(for: "the end of `\(text)`", seconds: seconds) {
            let isRunning = shell.isRunning
            said = String(decoding: shell.output.utf8.dropFirst(before), as: UTF8.self)
            if let range = said.range(of: end), said[range.upperBound...].contains(".") { return true }
            guard isRunning else { throw BuildError("`\(text)` failed. It said:\n\(said)") }
            return false
        }
        guard let range = said.range(of: "\n" + end), let code = Int32(said[range.upperBound...].prefix { $0 != "." })
        else { throw BuildError("The answer to `\(text)` was lost:\n\(said)") }
        return (code, String(said[..<range.lowerBound]))
    }

    /// What brings another shell to the same folder, with the same exported variables.
    func state() throws -> String {
        let folder = try run("pwd").output.trimmingCharacters(in: .whitespacesAndNewlines)
        return try run("export -p").output + "\ncd \(Self.quoted(folder))\n"
    }

    func close() {
        shell.closeInput()
        shell.stop()
    }

    /// DOCS_TRACE: everything that appears is printed.
    private static let isTalkative = ProcessInfo.processInfo.environment["DOCS_TRACE"] != nil

    static func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: #"'\''"#) + "'" }
}
