import Core
import JSON
import Linux

/// `greengrassd status --watch`: the status again each second until Ctrl-C. On a terminal in place, else block after
/// block; with `--json` a line each.
struct StatusWatch {
    private static let pause: Int32 = 1000
    // ECMA-48 and xterm's private modes: the other screen without a cursor, and back.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"
    private static let home = "\u{1B}[H"
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    let layout: Layout
    let json: Bool

    func run() throws(SystemError) -> Int32 {
        var previous = try StatusAnswer.ask(layout)
        let signals = try Signals.descriptor([Signals.interrupt, Signals.terminate])
        let isOnTerminal = !json && Terminal.size() != nil
        if isOnTerminal { IO.print(Self.enter) }
        var last = ""
        var shown = previous.text(width: Terminal.size()?.columns ?? 80)
        while true {
            last = shown.joined(separator: "\n") + "\n"
            let piece = isOnTerminal ? screen(shown) : json ? line(previous) : last + "\n"
            // A reader that went away ends the watch as well.
            do throws(SystemError) { try IO.writeAll(1, [UInt8](piece.utf8), step: "write") } catch { break }
            if Signals.wait(signals, milliseconds: Self.pause) != nil { break }
            let answer: StatusAnswer
            do throws(SystemError) {
                answer = try StatusAnswer.ask(layout)
            } catch {
                if isOnTerminal { IO.print(Self.leave) }
                throw error
            }
            shown = answer.text(width: Terminal.size()?.columns ?? 80, previous: previous)
            previous = answer
        }
        if isOnTerminal { IO.print(Self.leave + last) }
        return ExitCode.success
    }

    private func line(_ answer: StatusAnswer) -> String {
        String(decoding: answer.json.serialized(), as: UTF8.self) + "\n"
    }

    /// The lines in place of what is on the screen, as many as it has room for.
    private func screen(_ lines: [String]) -> String {
        let room = (Terminal.size()?.lines ?? 24) - 1
        var shown = lines
        if lines.count > room {
            shown = Array(lines.prefix(max(0, room - 1)))
            shown.append("… \(lines.count - shown.count) lines more; a taller window shows them. Ctrl-C ends.")
        }
        return Self.home + shown.map { $0 + Self.clearLine + "\r\n" }.joined() + Self.clearBelow
    }
}
