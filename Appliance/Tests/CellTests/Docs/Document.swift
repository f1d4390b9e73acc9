import Artifacts
import Foundation
import Image

/// A page of the documentation as `make docs-test` reads it: its fenced blocks, and what comments before them say of how they
/// are tried (CONTRIBUTING.md, "The documentation").
struct Document {
    /// Below the repository.
    let name: String
    /// In their order: what is to be done, and blocks that are no commands and that nobody asks for left out.
    private(set) var steps: [Step] = []

    /// One thing that a reader does, or sees.
    struct Step {
        /// Of the block, or of the comment.
        let line: Int
        let kind: Kind
    }

    enum Kind {
        /// A fresh room from here on.
        case room(String, files: [String])
        /// What prose tells to do, as commands.
        case byHand(String)
        /// Commands in order, each with what it shows; nil where that is not told.
        case commands([CommandLine], Manner, exitCode: Int32)
        /// A block that the reader puts into a file.
        case file(String, content: String)
        /// What a program that goes on shows, perhaps once a command was repeated until then.
        case shown([String], repeating: String?)
        /// Ctrl-C for what goes on.
        case interrupt
        case notRun(reason: String)
    }

    /// How commands are run.
    enum Manner: Equatable {
        case toTheirEnd
        /// The last one stays in its terminal: until it has said a text, or until a command succeeds.
        case goesOn(says: String?, when: String?)
        /// Typed into the program that goes on; a reader puts what a command prints in the place of a word.
        case onConsole(word: String?, command: String?)
    }

    /// A command as a reader types it.
    struct CommandLine: Equatable {
        let line: Int
        var text: String
        let asRoot: Bool
        /// Nil where the document does not show it.
        var shows: [String]?
    }

    /// What a fence's language says that it is.
    private static let shells: Set = ["sh", "bash", "shell", "console"]

    /// - Throws: with every place where a block is neither run nor said not to be.
    init(_ name: String, text: String) throws {
        self.name = name
        var reader = Reader(name: name, lines: text.components(separatedBy: "\n"))
        steps = reader.read()
        guard reader.complaints.isEmpty else { throw BuildError(reader.complaints.joined(separator: "\n")) }
    }

    /// Goes through the lines.
    private struct Reader {
        let name: String
        let lines: [String]
        var complaints: [String] = []
        private var steps: [Step] = []
        private var index = 0
        private var isInRoom = false
        /// What comments say of the next block.
        private var pending = Pending()

        private struct Pending {
            var notRun: String?
            var file: String?
            var isShown = false
            var repeated: String?
            var manner = Manner.toTheirEnd
            var exitCode: Int32 = 0
            var line: Int?
        }

        init(name: String, lines: [String]) {
            self.name = name
            self.lines = lines
        }

        private mutating func complain(_ line: Int, _ what: String) { complaints.append("\(name):\(line): \(what)") }

        mutating func read() -> [Step] {
            while index < lines.count {
                let line = lines[index]
                let trimmed = line.trimmingCharacters(in: .whitespaces)
                if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                    block(fence: String(trimmed.prefix(3)), language: trimmed.dropFirst(3).lowercased())
                } else if trimmed.hasPrefix("<!--") {
                    comment()
                } else if trimmed.contains("<!--") {
                    complain(index + 1, "a comment has lines of its own")
                    index += 1
                } else {
                    if trimmed.hasPrefix("$ ") || (line.hasPrefix("    ") && trimmed.hasPrefix("sudo ")) {
                        complain(
                            index + 1, "a command outside a fenced block is not tried: put it into a ```console block")
                    }
                    index += 1
                }
            }
            if let line = pending.line { complain(line, "no block follows this comment") }
            return steps
        }

        private mutating func comment() {
            let first = index
            var text = ""
            while index < lines.count {
                text += lines[index] + "\n"
                index += 1
                if lines[index - 1].contains("-->") { break }
            }
            guard let begin = text.range(of: "<!--"), let end = text.range(of: "-->") else {
                return complain(first + 1, "a comment without an end")
            }
            guard text[end.upperBound...].allSatisfy(\.isWhitespace) else {
                return complain(first + 1, "a comment has lines of its own")
            }
            guard !Grid.marks.contains(text.trimmingCharacters(in: .whitespacesAndNewlines)) else { return }
            let content = text[begin.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
            directive(content, first + 1)
        }

        private mutating func directive(_ content: String, _ line: Int) {
            func after(_ prefix: String) -> String? {
                content.hasPrefix(prefix)
                    ? content.dropFirst(prefix.count).trimmingCharacters(in: .whitespacesAndNewlines) : nil
            }
            if let room = after("runs in:") {
                let parts = room.components(separatedBy: " with ")
                let files = parts.dropFirst().joined().components(separatedBy: ",").map {
                    $0.trimmingCharacters(in: .whitespacesAndNewlines)
                }
                isInRoom = true
                steps.append(Step(line: line, kind: .room(parts[0], files: files.filter { !$0.isEmpty })))
            } else if let commands = after("by hand:") {
                steps.append(Step(line: line, kind: .byHand(commands)))
            } else if let reason = after("not run:") {
                pending.notRun = reason
                pending.line = line
                if reason.isEmpty { complain(line, "say why it is not run") }
            } else if let file = after("file:") {
                pending.file = file
                pending.line = line
            } else if content == "shown there" {
                pending.isShown = true
                pending.line = line
            } else if let command = after("shown there, repeating:") {
                pending.isShown = true
                pending.repeated = command
                pending.line = line
            } else if let text = after("goes on until it says:") {
                pending.manner = .goesOn(says: text, when: nil)
                pending.line = line
            } else if let command = after("goes on until:") {
                pending.manner = .goesOn(says: nil, when: command)
                pending.line = line
            } else if content == "goes on" {
                pending.manner = .goesOn(says: nil, when: nil)
                pending.line = line
            } else if let code = after("ends with:") {
                guard let number = Int32(code) else { return complain(line, "expected `ends with: NUMBER`") }
                pending.exitCode = number
                pending.line = line
            } else if content == "on the console" {
                pending.manner = .onConsole(word: nil, command: nil)
                pending.line = line
            } else if let more = after("on the console, with ") {
                let parts = more.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                guard parts.count == 2 else { return complain(line, "expected `on the console, with WORD: COMMAND`") }
                pending.manner = .onConsole(word: parts[0], command: parts[1])
                pending.line = line
            } else if content == "Ctrl-C" {
                steps.append(Step(line: line, kind: .interrupt))
            } else if after("note:") == nil {
                complain(line, "this comment says nothing known (CONTRIBUTING.md); `note:` begins one for people")
            }
        }

        private mutating func block(fence: String, language: String) {
            let first = index + 1
            let indent = lines[index].prefix { $0 == " " }.count
            index += 1
            var content: [String] = []
            while index < lines.count, !lines[index].trimmingCharacters(in: .whitespaces).hasPrefix(fence) {
                content.append(String(lines[index].dropFirst(min(indent, lines[index].prefix { $0 == " " }.count))))
                index += 1
            }
            index += 1
            let said = pending
            pending = Pending()
            if let reason = said.notRun { return steps.append(Step(line: first, kind: .notRun(reason: reason))) }
            if let file = said.file {
                let text = content.joined(separator: "\n") + "\n"
                return steps.append(Step(line: first, kind: .file(file, content: text)))
            }
            if said.isShown { return steps.append(Step(line: first, kind: .shown(content, repeating: said.repeated))) }
            guard !language.isEmpty else {
                return complain(first, "a block without a language: is it ```text, or commands (```sh, ```console)?")
            }
            guard Document.shells.contains(language) else { return }
            guard isInRoom else {
                return complain(
                    first,
                    "these commands are neither run (<!-- runs in: ROOM -->) nor said not to be (<!-- not run: WHY -->)"
                )
            }
            let commands =
                language == "console"
                ? shown(content, first)
                : [
                    CommandLine(line: first + 1, text: content.joined(separator: "\n"), asRoot: false, shows: nil)
                ]
            steps.append(Step(line: first, kind: .commands(commands, said.manner, exitCode: said.exitCode)))
        }

        /// `$ COMMAND`, or `# COMMAND` as root, with lines continued by a backslash, and what it shows below.
        private mutating func shown(_ content: [String], _ first: Int) -> [CommandLine] {
            var commands: [CommandLine] = []
            var isContinued = false
            for (number, line) in content.enumerated() {
                if isContinued, let last = commands.popLast() {
                    commands.append(
                        CommandLine(line: last.line, text: last.text + "\n" + line, asRoot: last.asRoot, shows: []))
                    isContinued = line.hasSuffix("\\")
                } else if line.hasPrefix("$ ") || line.hasPrefix("# ") {
                    let text = String(line.dropFirst(2))
                    let place = first + 1 + number
                    commands.append(CommandLine(line: place, text: text, asRoot: line.hasPrefix("#"), shows: []))
                    isContinued = text.hasSuffix("\\")
                } else if commands.isEmpty {
                    complain(first + 1 + number, "a ```console block begins with `$ COMMAND` or `# COMMAND`")
                } else {
                    commands[commands.count - 1].shows?.append(line)
                }
            }
            return commands
        }
    }
}
