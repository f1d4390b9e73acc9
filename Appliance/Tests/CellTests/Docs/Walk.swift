import Foundation
import Image

/// A page walked through: what it tells to do is done, in its order, and what it shows is compared with what appears.
final class Walk {
    private let document: Document
    private let cell: Cell
    private let folder: String
    private let report: (String) -> Void
    private var room: (any DocsRoom)?
    private var terminals: [Bool: Terminal] = [:]
    /// The programs that go on, and how much of what each said was looked at.
    private var programs: [Program] = []
    private var rooms = 0
    /// All that appeared in this room, for readers who copy from it.
    private var shown = ""

    init(_ document: Document, _ cell: Cell, in folder: String, report: @escaping (String) -> Void) {
        self.document = document
        self.cell = cell
        self.folder = folder
        self.report = report
    }

    /// - Throws: at the first step that fails, with its place.
    func run() throws {
        defer { leave() }
        for step in document.steps {
            do { try carryOut(step) } catch {
                let said = programs.map { "A program that goes on said:\n\($0.output)" }.joined(separator: "\n")
                throw BuildError("\(document.name):\(step.line): \(error)\n\(said)\n\(room?.logs() ?? "")")
            }
        }
    }

    private func leave() {
        // First the room: what its processes have inherited from a terminal would keep that from ending.
        room?.close()
        room = nil
        for program in programs { program.stop() }
        programs = []
        for terminal in terminals.values { terminal.close() }
        terminals = [:]
        shown = ""
    }

    private func note(_ word: String, _ step: Document.Step, _ more: String = "") {
        report("\(word)\t\(document.name):\(step.line)\t\(more)")
    }

    private func carryOut(_ step: Document.Step) throws {
        switch step.kind {
        case .room(let name, let files):
            leave()
            rooms += 1
            let place = "\(folder)/\(rooms)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let room = try DocsRooms.open(name, cell, in: place)
            self.room = room
            for file in files { try room.put(try source(file), at: file) }
        case .notRun(let reason): note("not run", step, reason)
        case .byHand(let commands):
            try terminal(false).run("shown=\(Terminal.quoted(shown))\n" + commands, stopsAtFailure: true)
            note("by hand", step)
        case .file(let path, let content):
            let line = "mkdir -p \"$(dirname \(path))\" && cat >\(path) <<'END_OF_BLOCK'\n\(content)END_OF_BLOCK"
            _ = try terminal(false).run(line, stopsAtFailure: true)
            note("written", step)
        case .commands(let commands, let manner, let exitCode):
            for (index, command) in commands.enumerated() {
                let isLast = index == commands.count - 1
                if case .onConsole(let word, let source) = manner {
                    var command = command
                    if let word, let source {
                        let text = try terminal(false).run(source, stopsAtFailure: true).output
                        command.text = command.text.replacing(word, with: text.trimmingCharacters(in: .newlines))
                    }
                    try type(command)
                    continue
                }
                switch isLast ? manner : .toTheirEnd {
                case .toTheirEnd: try runToItsEnd(command, exitCode: isLast ? exitCode : 0)
                case .goesOn(let text, let condition): try start(command, text, condition)
                case .onConsole: break
                }
            }
            note("run", step)
        case .shown(let lines, let repeated):
            guard let program = programs.last else { throw BuildError("nothing goes on that could show it") }
            try program.wait(for: lines) { if let repeated { try terminal(false).run(repeated, stopsAtFailure: true) } }
            note("shown", step)
        case .interrupt:
            guard let program = programs.popLast() else { throw BuildError("nothing goes on") }
            try program.interrupt()
        }
    }

    /// A file that the room begins with: an artifact, or one of the source tree.
    private func source(_ file: String) throws -> String {
        let name = file.hasPrefix("dist/") ? String(file.dropFirst(5)) : file
        for path in ["\(cell.build.output)/\(name)", "\(cell.build.repository)/\(name)"]
        where FileManager.default.fileExists(atPath: path) { return path }
        throw BuildError("there is no \(name) in \(cell.build.output): make images ARCH=x86_64")
    }

    private func terminal(_ asRoot: Bool) throws -> Terminal {
        if let terminal = terminals[asRoot] { return terminal }
        guard let room else { throw BuildError("no room was opened (<!-- runs in: ROOM -->)") }
        let terminal = try room.terminal(asRoot: asRoot)
        terminals[asRoot] = terminal
        return terminal
    }

    private func runToItsEnd(_ command: Document.CommandLine, exitCode: Int32) throws {
        let terminal = try terminal(command.asRoot)
        let isBlock = command.shows == nil && exitCode == 0
        let (code, output) = try terminal.run(command.text, stopsAtFailure: isBlock)
        shown += output + "\n"
        if let shows = command.shows, let difference = Expectation.difference(shows, output) {
            throw BuildError("`\(command.text)` ended with \(code). \(difference)")
        }
        guard code == exitCode else {
            throw BuildError("`\(command.text)` ended with \(code), not \(exitCode):\n\(output)")
        }
    }

    /// Starts it in a terminal of its own, which has a keyboard and a screen.
    private func start(_ command: Document.CommandLine, _ text: String?, _ condition: String?) throws {
        guard let room else { throw BuildError("no room was opened (<!-- runs in: ROOM -->)") }
        let script = try terminal(false).state() + command.text + "\n"
        let program = try Program(room.program(script))
        programs.append(program)
        if let text { try program.wait(for: text) }
        if let condition {
            try wait(for: "`\(condition)`") {
                guard program.isRunning else { throw BuildError("`\(command.text)` ended:\n\(program.output)") }
                return try terminal(false).run(condition).code == 0
            }
        }
        if let shows = command.shows, !shows.isEmpty { try program.wait(for: shows) }
    }

    /// Types it on the machine whose console the last program is.
    private func type(_ command: Document.CommandLine) throws {
        guard let program = programs.last else { throw BuildError("nothing goes on whose console this could be") }
        for line in command.shows == nil ? command.text.components(separatedBy: "\n") : [command.text] {
            let output = try program.type(line)
            if let shows = command.shows, !shows.isEmpty, let difference = Expectation.difference(shows, output) {
                throw BuildError("`\(line)` on the console. \(difference)")
            }
        }
    }
}
