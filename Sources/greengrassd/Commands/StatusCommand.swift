import Core
import JSON
import Linux

/// `greengrassd status`: what runs, for people or, with `--json`, for programs; with `--watch` again and again.
struct StatusCommand {
    let json: Bool
    let watch: Bool

    func run(root: String) -> Int32 {
        let layout = Layout(root: root, writeDirectory: Configuration.writeDirectory(root: root))
        do throws(SystemError) {
            if watch { return try StatusWatch(layout: layout, json: json).run() }
            let answer = try StatusAnswer.ask(layout)
            if json {
                IO.print(String(decoding: answer.json.serialized(layout: .pretty), as: UTF8.self))
            } else {
                Console.say(answer.text(width: Terminal.size()?.columns ?? 80).joined(separator: "\n"))
            }
            return answer.status == nil ? ExitCode.failure : ExitCode.success
        } catch {
            Console.complain(SetupError("greengrassd: the daemon's status cannot be asked for", error).sentence)
            return ExitCode.failure
        }
    }
}

/// What a daemon and its core said when they were asked once.
struct StatusAnswer {
    let daemon: RunningDaemon?
    let status: JSON?
    let time: Int64
    private let layout: Layout

    static func ask(_ layout: Layout) throws(SystemError) -> StatusAnswer {
        let daemon = try RunningDaemon.find(layout)
        var status: JSON?
        if let daemon { status = try StatusClient.ask(daemon.layout) }
        return StatusAnswer(daemon: daemon, status: status, time: Clock.monotonic(), layout: layout)
    }

    var json: JSON {
        var members: [(key: String, value: JSON)] = [("daemonPid", daemon.map { .integer(Int64($0.process)) } ?? .null)]
        if let status {
            members += (status.objectValue?.members ?? []).map { (key: $0.key, value: $0.value) }
            members.append(("clockBehindSeconds", .integer(ClockLag(layout).seconds)))
        } else {
            members.append(("state", .string(daemon == nil ? "stopped" : "starting")))
        }
        if let daemon { members.append(("writeDirectory", .string(daemon.layout.writable))) }
        return .object(members)
    }

    /// - Parameter previous: what was answered before, for rates.
    func text(width: Int, previous: StatusAnswer? = nil) -> [String] {
        guard let daemon else { return ["Greengrass daemon is not running (root \(layout.root))"] }
        let discrepancy = daemon.discrepancy(to: layout).map { [$0] } ?? []
        guard let status else {
            return [
                "Greengrass daemon runs with PID: \(daemon.process), but its core does not serve. "
                    + "\(daemon.layout.supervisorLog) and \(daemon.layout.runtimeLog) say why."
            ] + discrepancy
        }
        let milliseconds = previous.map { (time - $0.time) / 1_000_000 } ?? 0
        let text = StatusText(
            status, daemon: daemon.process, width: width, previous: previous?.status, milliseconds: milliseconds)
        // First: it is why certificates of the cloud are refused, and why times in the logs are wrong.
        return (ClockLag(layout).sentence.map { [$0] } ?? []) + discrepancy + text.lines
    }
}
