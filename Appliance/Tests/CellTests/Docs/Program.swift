import Foundation
import Image

/// A program that goes on in a terminal of its own, with keyboard and screen, while the page does other things.
final class Program {
    private let command: Command
    /// How much of what it said was looked at, in bytes.
    private var seen = 0

    /// - Parameter words: what starts it.
    init(_ words: [String]) throws {
        let line = words.map(Terminal.quoted).joined(separator: " ")
        command = try Command(["script", "--quiet", "--flush", "--return", "--command", line, "/dev/null"])
    }

    var output: String { command.output }

    var isRunning: Bool { command.isRunning }

    /// What it said since it was last looked at.
    private var news: String { String(decoding: output.utf8.dropFirst(seen), as: UTF8.self) }

    func wait(for text: String) throws {
        try CellTests.wait(for: "\"\(text)\"", seconds: 600) {
            let isRunning = isRunning
            if news.contains(text) { return true }
            guard isRunning else { throw BuildError("the program ended before it said \"\(text)\":\n\(output)") }
            return false
        }
    }

    /// Waits until it shows lines, whatever comes before and after.
    ///
    /// - Parameter meanwhile: done before each look.
    func wait(for lines: [String], meanwhile: () throws -> Void = {}) throws {
        let wanted = ["…"] + lines + ["…"]
        do {
            try CellTests.wait(for: "what the page shows", seconds: 300) {
                try meanwhile()
                return Expectation.difference(wanted, "\n" + news + "\n.") == nil
            }
        } catch { throw BuildError("\(error) \(Expectation.difference(wanted, news) ?? "")") }
        seen = output.utf8.count
    }

    func interrupt() throws {
        try command.write("\u{3}")
        try CellTests.wait(for: "the program to end at Ctrl-C", seconds: 60) { !isRunning }
    }

    func stop() {
        guard isRunning else { return }
        command.send(SIGTERM)
        // What does not end by that is ended with its terminal.
        try? CellTests.wait(for: "the program's end", seconds: 10) { !isRunning }
        if isRunning { command.send(SIGKILL) }
        command.end()
    }

    /// Types a command on the console of the machine that this program is: BusyBox's shell, for whoever presses Enter.
    ///
    /// - Returns: what it printed.
    /// - Throws: when it fails.
    func type(_ line: String) throws -> String {
        if !news.contains("/ # ") {
            try wait(for: "Please press Enter")
            try command.write("\n")
            try wait(for: "/ # ")
        }
        let mark = UUID().uuidString.prefix(8)
        let before = output.utf8.count
        guard line != "reboot", line != "poweroff" else {
            seen = before
            try command.write(line + "\n")
            if line == "poweroff" { try CellTests.wait(for: "the machine to turn itself off") { !isRunning } }
            return ""
        }
        // The quotes keep the line's own echo from being taken for the answer.
        try command.write("echo '\(mark)''<'; \(line); echo '\(mark)''>'$?.\n")
        var said = ""
        try CellTests.wait(for: "the end of `\(line)` on the console", seconds: 300) {
            said = String(decoding: output.utf8.dropFirst(before), as: UTF8.self).replacingOccurrences(
                of: "\r\n", with: "\n")
            return said.range(of: "\(mark)>").map { said[$0.upperBound...].contains(".") } ?? false
        }
        guard let first = said.range(of: "\(mark)<"), let last = said.range(of: "\(mark)>") else {
            throw BuildError("The console's answer to `\(line)` was lost:\n\(said)")
        }
        let answer = String(said[first.upperBound..<last.lowerBound])
        guard said[last.upperBound...].hasPrefix("0.") else {
            throw BuildError("`\(line)` on the console failed:\n\(answer)")
        }
        return answer
    }
}
